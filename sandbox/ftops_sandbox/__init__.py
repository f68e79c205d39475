"""A local Azure for the parts that fine-tuning uses; it is started as a process, never imported."""
