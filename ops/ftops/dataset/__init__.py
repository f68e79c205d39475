"""A training file: what it is, what is wrong with it line by line, and how many tokens it has."""
