"""The filter of a cost query: and, or, not, dimensions, tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ftops_sandbox.cost.bill import Row
from ftops_sandbox.cost.dimension import DIMENSIONS, spell_dimension, tag

Test = Callable[[Row], bool]

_DEPTH_MAX = 20
_ITEMS_MIN = 2


def parse_filter(given: Any, depth: int = 0) -> Test:
    """A test for rows; ValueError for what cannot be read. The singular names are of 2019."""
    if not isinstance(given, Mapping) or len(given) != 1 or depth > _DEPTH_MAX:
        raise ValueError("Invalid filter: an expression has one operator.")
    [(name, inner)] = given.items()
    match str(name).casefold():
        case "and" | "or" as word:
            return _joined(word, inner, depth)
        case "not":
            test = parse_filter(inner, depth + 1)
            return lambda row: not test(row)
        case "dimensions" | "dimension":
            return _of_dimension(inner)
        case "tags" | "tag":
            key, values = _comparison(inner)
            return lambda row: tag(row, key).casefold() in values
    raise ValueError(f"Invalid filter: '{name}' is not an operator.")


def _joined(word: str, inner: Any, depth: int) -> Test:
    if not isinstance(inner, list) or len(inner) < _ITEMS_MIN:
        raise ValueError(f"Invalid filter: '{word}' must have at least {_ITEMS_MIN} items.")
    tests = [parse_filter(one, depth + 1) for one in inner]
    if word == "and":
        return lambda row: all(test(row) for test in tests)
    return lambda row: any(test(row) for test in tests)


def _of_dimension(inner: Any) -> Test:
    key, values = _comparison(inner)
    known = spell_dimension(key)
    if known is None:
        valid = ",".join(f"'{name}'" for name in DIMENSIONS)
        raise ValueError(f"Invalid filter dimension: '{key}'; valid values: {valid}")
    read = DIMENSIONS[known]
    if known == "ResourceLocation":  # clients write 'East US 2' for eastus2
        values = {value.replace(" ", "") for value in values}
    return lambda row: read(row).casefold() in values


def _comparison(inner: Any) -> tuple[str, set[str]]:
    given = inner if isinstance(inner, Mapping) else {}
    name, values, operator = given.get("name"), given.get("values"), given.get("operator")
    if not isinstance(name, str) or not isinstance(values, list) or not values:
        raise ValueError("Invalid filter: a comparison has a name, an operator and values.")
    if str(operator).casefold() != "in":
        raise ValueError(f"Invalid filter operator: '{operator}'; valid values: 'In'")
    return name, {str(value).casefold() for value in values}
