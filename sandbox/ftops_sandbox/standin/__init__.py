"""The stand-in model: a small language model that really trains on the uploaded data.

It shares nothing with the models it stands in for; docs/stand-in-model.md says what it is.
"""
