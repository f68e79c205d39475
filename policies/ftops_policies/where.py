"""Where in a file of ours a value is written, for the sentence that refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

KeyPath = tuple[str | int, ...]
"""The keys that lead to a value: `("environments", "dev", "waivers", 0)`."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a source that messages call `source`; `lines` (from 1) is empty for no file."""

    source: str
    path: KeyPath = ()
    lines: Mapping[KeyPath, int] = field(default_factory=dict, repr=False)

    def __truediv__(self, key: str | int) -> Where:
        """The place of what is written under a key."""
        return replace(self, path=(*self.path, key))

    def __str__(self) -> str:
        """Such as `policies/settings.yaml:7: dev: capacity_max`."""
        return self.said()

    def said(self, key: str | int | None = None) -> str:
        """The place in words, with the line of one of its keys where one is named."""
        line = self.line if key is None else (self / key).line
        start = f"{self.source}:{line}" if line else self.source
        keys = (str(each) for each in self.path if each != "environments")
        return ": ".join([start, *keys])

    @property
    def line(self) -> int | None:
        """The line of the value, or of the nearest thing around it; None where nobody knows."""
        for length in range(len(self.path), -1, -1):
            if self.path[:length] in self.lines:
                return self.lines[self.path[:length]]
        return None
