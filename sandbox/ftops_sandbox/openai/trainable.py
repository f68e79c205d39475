"""What can be fine-tuned, by which method, and how much of it one resource may do."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from ftops_sandbox.offer import Model, offer

# What a request may say, without regard to case, and what the service answers.
TRAINING_TYPES = {
    "standard": "standard",
    "globalstandard": "globalStandard",
    "global": "globalStandard",
    "developer": "developerTier",
    "developertier": "developerTier",
}
_OFFERED_AS = {
    "standard": "Standard",
    "globalStandard": "GlobalStandard",
    "developerTier": "Developer",
}


@dataclass(frozen=True)
class Trainable:
    """One model that can be tuned; `example_tokens` None where no length is published."""

    model: Model
    methods: tuple[str, ...]
    example_tokens: int | None = None
    learning_rate_multiplier: float = 1.0

    @property
    def full_name(self) -> str:
        """The name that a tuned model's own name begins with, such as gpt-4.1-2025-04-14."""
        dated = len(self.model.version) > 1 and self.model.format == "OpenAI"
        return f"{self.model.name}-{self.model.version}" if dated else self.model.name

    def trains(self, region: str, training_type: str, today: date) -> bool:
        """Whether a training type, in the service's spelling, runs in a region today."""
        until = self.model.training_until
        open_still = until is None or today < until
        return open_still and self.model.trains(region, _OFFERED_AS[training_type])


@cache
def limits() -> Mapping[str, int]:
    """What one resource may hold and run."""
    found: Mapping[str, int] = _table()["limits"]
    return found


def find_trainable(name: str) -> Trainable | None:
    """By short or dated name, in any letter case; None for what cannot be tuned."""
    model = offer().find(name)
    row = _table()["models"].get(model.name) if model else None
    if model is None or row is None:
        return None
    return Trainable(model, **{**row, "methods": tuple(row["methods"])})


@cache
def _table() -> dict[str, Any]:
    text = files("ftops_sandbox").joinpath("data/training.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
