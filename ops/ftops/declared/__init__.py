"""What a person declares in a stack file, one noun a module; the models are the JSON schema."""
