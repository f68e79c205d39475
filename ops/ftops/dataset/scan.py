"""A file read for what nobody should train on: personal data and secrets, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftops.dataset.line import BOM, open_lines, parse_line, read_lines
from ftops.dataset.personal import find_personal
from ftops.dataset.problem import Fault
from ftops.dataset.secret import find_secrets
from ftops.dataset.sighting import Sighting, shape_of

SIGHTINGS_MAX = 100
"""Of each family this many are kept: somebody who leaks a thousand mends the first hundred."""

PIECE, OVERLAP = 50_000, 300
"""Characters looked at in one go, so that a pattern's worst case is a piece's; a key may lie
across the border of two."""

BETWEEN = " \0 "
"""No pattern reaches from one text into the next."""

Find = Callable[[str], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Scan:
    """What was seen in a file, by line; `whole` is whether every line of it could be read."""

    personal: tuple[Sighting, ...]
    secrets: tuple[Sighting, ...]
    whole: bool = True


def scan_file(path: Path) -> Scan:
    """Reads the file once; BadUsage where there is none.

    Texts are looked at as the model would read them, so without JSON's escapes; a line that is
    no JSON is looked at as it stands. Images within the file are not looked into.
    """
    personal: set[Sighting] = set()
    secrets: set[Sighting] = set()
    whole = True
    with open_lines(path) as stream:
        for number, line in enumerate(read_lines(stream), 1):
            if line is None:
                whole = False
                continue
            for text in texts(line):
                _look(text, number, find_personal, personal)
                _look(text, number, find_secrets, secrets)
    return Scan(tuple(sorted(personal)), tuple(sorted(secrets)), whole)


def _look(text: str, line: int, find: Find, seen: set[Sighting]) -> None:
    if len(seen) < SIGHTINGS_MAX:
        seen.update(Sighting(line, kind, shape_of(value)) for kind, value in find(text))


def texts(line: bytes) -> Iterator[str]:
    """The texts of a line, keys among them, together in pieces."""
    value = parse_line(line.removeprefix(BOM)) if line.strip() else None
    if isinstance(value, Fault):
        value = line.decode("utf-8", "replace")
    whole = BETWEEN.join(_within(value))
    yield from (whole[start : start + PIECE + OVERLAP] for start in range(0, len(whole), PIECE))


def _within(value: Any) -> Iterator[str]:
    """Every text in a JSON value; images that lie in it are no text."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and not each.startswith("data:"):
            yield each
        elif isinstance(each, dict):
            waiting += [*each.values(), *each]
        elif isinstance(each, list):
            waiting += each
