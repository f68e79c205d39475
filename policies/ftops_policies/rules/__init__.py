"""The rules, one file each; the function's docstring is what a user reads."""
