"""The `$filter` of a metrics query: which dimensions split the series, and which values stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TERM = re.compile(
    r"\s*\(*\s*([A-Za-z]\w*)\s+(eq|ne|sw)\s+'((?:[^']|'')*)'\s*\)*\s*", re.IGNORECASE
)
_JOINT = re.compile(r"(and|or)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Split:
    """`wanted` maps each dimension that splits the series to the tests that its values pass."""

    wanted: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def takes(self, dimensions: Mapping[str, str]) -> bool:
        """Terms on one dimension are alternatives, terms on several must all hold."""
        return all(
            any(_passes(dimensions.get(name, ""), test) for test in tests)
            for name, tests in self.wanted.items()
        )

    def key(self, dimensions: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(dimensions.get(name, "") for name in self.wanted)


def _passes(value: str, test: tuple[str, str]) -> bool:
    verb, wanted = test
    if verb == "eq":
        return wanted == "*" or value.casefold() == wanted.casefold()
    if verb == "sw":
        return value.casefold().startswith(wanted.casefold())
    return value.casefold() != wanted.casefold()


def parse_filter(text: str, known: Mapping[str, str]) -> Split:
    """The split that a filter asks for; `known` maps lower-case names to the proper ones.

    ValueError for a dimension that the metric does not have, and for what cannot be read.
    """
    wanted: dict[str, list[tuple[str, str]]] = {}
    place = 0
    while place < len(text):
        term = _TERM.match(text, place)
        if not term:
            raise ValueError(f"The filter cannot be read at '{text[place:]}'.")
        name = known.get(term[1].casefold())
        if name is None:
            raise ValueError(
                f"Dimension {term[1]} is not supported. Supported ones are "
                f"{','.join(known.values())}."
            )
        wanted.setdefault(name, []).append((term[2].casefold(), term[3].replace("''", "'")))
        place = term.end()
        joint = _JOINT.match(text, place)
        if place < len(text) and not joint:
            raise ValueError(f"The filter cannot be read at '{text[place:]}'.")
        place = joint.end() if joint else place
        if joint and not text[place:].strip():
            raise ValueError("The filter ends in the middle.")
    return Split({name: tuple(tests) for name, tests in wanted.items()})
