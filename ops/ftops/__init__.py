"""ftops: Azure OpenAI fine-tuning as code, on budget, under policy."""

__version__ = "0.1.0"
