"""Something in a file that should not be there: where, of which kind, and never what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHAPE_MAX = 24
LETTER, DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")


@dataclass(frozen=True, order=True)
class Sighting:
    """A value that was seen: its line (from 1), its kind, and its shape, such as `xxx@xxxx.xx`."""

    line: int
    kind: str
    shape: str


def shape_of(value: str) -> str:
    """The value with every letter as x and every digit as 9, cut where it is long."""
    hidden = DIGIT.sub("9", LETTER.sub("x", value))
    return hidden if len(hidden) <= SHAPE_MAX else f"{hidden[:SHAPE_MAX]}…"
