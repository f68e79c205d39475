"""Places in a stack file, and what is wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ftops.stack_file import KeyPath


@dataclass(frozen=True)
class Place:
    """Where a person declared something: a file, and a line in it where that is known."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a stack file: where, in a sentence, and what to write."""

    place: Place
    message: str
    hint: str


@dataclass(frozen=True)
class Map:
    """A stack file's lines by the paths of its keys, which count from the prefix `ftops:`.

    Other files of ours have another `prefix`; `page` is what has every key.
    """

    file: str
    lines: Mapping[KeyPath, int] = field(default_factory=dict, repr=False)
    prefix: str = "ftops:"
    page: str = "docs/stack-file.md"

    def place(self, path: KeyPath) -> Place:
        """Where a key is written, or the nearest thing around it that has a line."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.file, self.lines.get(path))


def spoken(path: KeyPath, prefix: str = "ftops:") -> str:
    """A key as people say it: `ftops:accounts[0].name`."""
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{short(step)}" for step in path)
    return f"{prefix}{name.removeprefix('.')}"


def shown(value: object) -> str:
    """A value as a problem quotes it."""
    return short("empty" if value in (None, "", [], {}) else repr(value))


LENGTH_MAX = 60


def short(text: str) -> str:
    return text if len(text) <= LENGTH_MAX else f"{text[:LENGTH_MAX]}..."
