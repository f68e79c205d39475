"""A model's id as the data plane writes it: a base, perhaps tuned, perhaps more than once."""

from __future__ import annotations

import re
from dataclasses import dataclass

TUNED = re.compile(
    r"(?P<base>.+)\.ft-(?P<job>[0-9a-f]{32})(?:-(?P<suffix>[A-Za-z0-9_-]{1,40}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ModelId:
    """What an id says: `base` is a model or again a tuned id; `job` is the 32 hex digits."""

    base: str
    job: str | None = None
    suffix: str | None = None

    @property
    def tuned(self) -> bool:
        return self.job is not None

    @property
    def root(self) -> str:
        """The model that all tuning started from: a tuned model can be tuned again."""
        base = self.base
        while match := TUNED.fullmatch(base):
            base = match["base"]
        return base

    def __str__(self) -> str:
        if self.job is None:
            return self.base
        suffix = f"-{self.suffix}" if self.suffix else ""
        return f"{self.base}.ft-{self.job}{suffix}"


def parse_model_id(text: str) -> ModelId:
    """Any text is an id; what has no `.ft-` part with 32 hex digits is a base by itself."""
    match = TUNED.fullmatch(text.strip())
    if match is None:
        return ModelId(text.strip())
    return ModelId(match["base"], match["job"], match["suffix"])
