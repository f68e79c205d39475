"""What a training file is held to beyond its form: sizes, counts, and a model's own reach."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Limits of a check; None is not known or not asked, and is then not judged.

    `methods` are the training methods of `model` (sft, dpo, rft, vision); sizes are in bytes.
    """

    examples_min: int = 10
    file_bytes_max: int | None = None
    model: str = ""
    methods: tuple[str, ...] | None = None
    example_tokens_max: int | None = None
    tools_max: int = 128
    images_per_example_max: int = 64
    image_bytes_max: int = 10 * MIB
    image_examples_max: int = 50_000
