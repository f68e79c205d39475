"""One mapping of a stack file, read key by key; what is wrong is collected, not raised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ftops.stack_file import KeyPath
from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean

MISSING = object()
LENGTH_MAX = 60


class Named(Protocol):
    """A record of the catalog."""

    @property
    def name(self) -> str: ...


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
class Section:
    """A mapping at a path of a stack file; every reader notes problems and gives a stand-in."""

    values: Mapping[str, Any]
    file: str
    lines: Mapping[KeyPath, int]
    problems: list[Problem]
    path: KeyPath = ()
    _read: set[str] = field(default_factory=set)

    def text(self, key: str, default: Any = MISSING, *, shape: str = ".*", say: str = "") -> str:
        """Text that fits a regular expression; `say` tells a person what fits."""
        value = self._get(key, default)
        if value is default or value is MISSING:
            return "" if value is MISSING else str(value)
        if not isinstance(value, str) or not value:
            self.note(key, f"{self.name(key)} is {_shown(value)}", f"write text: {say or key}")
            return ""
        if not re.fullmatch(shape, value):
            self.note(key, f"{self.name(key)} cannot be {_shown(value)}", say)
        return value

    def word(self, key: str, words: Sequence[str], default: Any = MISSING) -> str:
        """One of a few words."""
        value = self._get(key, default)
        if value is MISSING:
            return ""
        if value not in words:
            hint = did_you_mean(value, words) if isinstance(value, str) else f"{', '.join(words)}"
            self.note(key, f"{self.name(key)} is {_shown(value)}", hint)
        return str(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            self.note(key, f"{self.name(key)} is {_shown(value)}", "write true or false")
        return value is True

    def count(self, key: str) -> int:
        """A whole number from 1."""
        value = self._get(key, MISSING)
        if value is MISSING:
            return 1
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.note(
                key, f"{self.name(key)} is {_shown(value)}", "write a whole number, 1 or more"
            )
            return 1
        return value

    def known(self, key: str, look_up: Callable[[str], Named], default: Any = MISSING) -> str:
        """A name as the catalog spells it; its sentence and hint are noted for an unknown one."""
        value = self.text(key, default)
        try:
            return look_up(value).name if value else ""
        except BadConfig as error:
            self.note_error(key, error)
            return ""

    def texts(self, key: str) -> dict[str, str]:
        """A mapping of names to text, such as tags; numbers are taken as they are written."""
        value = self._get(key, {})
        if not isinstance(value, Mapping):
            self.note(key, f"{self.name(key)} is {_shown(value)}", "write `name: value` lines")
            return {}
        found = {}
        for name, each in value.items():
            if isinstance(each, str | int) and not isinstance(each, bool):
                found[str(name)] = str(each)
            else:
                said = f"{self.name(key)}.{_short(str(name))} is {_shown(each)}"
                self.note(key, said, "write text in quotes", str(name))
        return found

    def sections(self, key: str, *, required: bool = False) -> Iterator[Section]:
        """The mappings of a list."""
        value = self._get(key, MISSING if required else [])
        if value is MISSING:
            return
        if not isinstance(value, list | tuple) or (required and not value):
            self.note(key, f"{self.name(key)} is {_shown(value)}", "write a list, one `-` an entry")
            return
        for index, each in enumerate(value):
            if isinstance(each, Mapping):
                path = (*self.path, key, index)
                yield Section(each, self.file, self.lines, self.problems, path)
            else:
                said = f"{self.name(key)}[{index}] is {_shown(each)}"
                self.note(key, said, "write `key: value` lines", index)

    def close(self) -> None:
        """Notes every key that nobody read."""
        for key in self.values:
            if key not in self._read:
                hint = did_you_mean(str(key), self._read)
                self.note(key, f"there is no key {self.name(_short(str(key)))}", hint)

    def note_error(self, key: str, error: BadConfig) -> None:
        """Notes what the catalog said of one of the keys."""
        said = error.message.rstrip(".")
        self.note(key, f"{self.name(key)}: {said[:1].lower()}{said[1:]}", error.hint)

    def note(self, key: str, message: str, hint: str, *rest: str | int) -> None:
        """Notes a problem at one of the keys."""
        self.problems.append(Problem(self.place(key, *rest), message, hint))

    def place(self, *steps: str | int) -> Place:
        """Where a key is written, or the nearest thing around it that has a line."""
        path = (*self.path, *steps)
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.file, self.lines.get(path))

    def name(self, key: str) -> str:
        """A key as people say it: `ftops:accounts[0].name`."""
        said = ""
        for step in (*self.path, key):
            said += f"[{step}]" if isinstance(step, int) else f".{step}"
        return f"ftops:{said.removeprefix('.')}"

    def _get(self, key: str, default: Any) -> Any:
        self._read.add(key)
        value = self.values.get(key)
        # Empty text is what Pulumi hands over for a key that nobody set.
        if value is not None and value != "":
            return value
        if default is MISSING:
            self.note(key, f"{self.name(key)} is not set", "docs/environments.md has every key")
        return default


def _shown(value: object) -> str:
    return _short("empty" if value in (None, "", [], {}) else repr(value))


def _short(text: str) -> str:
    return text if len(text) <= LENGTH_MAX else f"{text[:LENGTH_MAX]}..."
