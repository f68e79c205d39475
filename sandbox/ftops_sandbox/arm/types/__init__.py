"""One file per resource type, each with a constant `TYPE`."""
