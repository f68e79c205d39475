"""What Kusto's operators and functions do with values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Row = Mapping[str, Any]


def text_of(value: Any) -> str:
    """`tostring`: "" for null, JSON for objects."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


def _fold(value: Any) -> str:
    return text_of(value).casefold()


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return left is not None and right is not None and text_of(left) == text_of(right)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        if left is None or right is None:
            return False
        numbers = all(isinstance(one, int | float) for one in (left, right))
        return test(left, right) if numbers else test(text_of(left), text_of(right))

    return compare


def _has(left: Any, right: Any) -> bool:
    """A whole word of the text."""
    return bool(re.search(rf"(?<![a-z0-9]){re.escape(_fold(right))}(?![a-z0-9])", _fold(left)))


COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": _same,
    "!=": lambda a, b: not _same(a, b),
    "=~": lambda a, b: a is not None and _fold(a) == _fold(b),
    "!~": lambda a, b: _fold(a) != _fold(b),
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
    "contains": lambda a, b: _fold(b) in _fold(a),
    "!contains": lambda a, b: _fold(b) not in _fold(a),
    "contains_cs": lambda a, b: text_of(b) in text_of(a),
    "startswith": lambda a, b: _fold(a).startswith(_fold(b)),
    "!startswith": lambda a, b: not _fold(a).startswith(_fold(b)),
    "endswith": lambda a, b: _fold(a).endswith(_fold(b)),
    "!endswith": lambda a, b: not _fold(a).endswith(_fold(b)),
    "has": _has,
    "!has": lambda a, b: not _has(a, b),
}
MEMBER: Mapping[str, tuple[Callable[[Any, Any], bool], bool]] = {
    "in": (_same, True),
    "!in": (_same, False),
    "in~": (COMPARE["=~"], True),
    "!in~": (COMPARE["=~"], False),
}


def _whole(value: Any) -> int | None:
    try:
        return int(float(text_of(value)))
    except (ValueError, OverflowError):
        return None


# Name: how many arguments (None for any number), the type of the answer, and the function.
FUNCTIONS: Mapping[str, tuple[int | None, str, Callable[..., Any]]] = {
    "tostring": (1, "string", text_of),
    "tolower": (1, "string", lambda value: text_of(value).lower()),
    "toupper": (1, "string", lambda value: text_of(value).upper()),
    "strcat": (None, "string", lambda *values: "".join(map(text_of, values))),
    "toint": (1, "integer", _whole),
    "tolong": (1, "integer", _whole),
    "strlen": (1, "integer", lambda value: len(text_of(value))),
    "array_length": (1, "integer", lambda value: len(value) if isinstance(value, list) else None),
    "not": (1, "boolean", lambda value: not value),
    "isempty": (1, "boolean", lambda value: text_of(value) == ""),
    "isnotempty": (1, "boolean", lambda value: text_of(value) != ""),
    "isnull": (1, "boolean", lambda value: value is None),
    "isnotnull": (1, "boolean", lambda value: value is not None),
}
AGGREGATES: Mapping[str, tuple[str, Callable[[list[Any]], Any]]] = {
    "count": ("integer", len),
    "countif": ("integer", lambda values: sum(1 for value in values if value is True)),
    "dcount": ("integer", lambda values: len({text_of(value) for value in values})),
    "sum": ("number", lambda values: sum(v for v in values if isinstance(v, int | float))),
    "min": (
        "object",
        lambda values: min((v for v in values if v is not None), default=None, key=_key),
    ),
    "max": (
        "object",
        lambda values: max((v for v in values if v is not None), default=None, key=_key),
    ),
}


def _key(value: Any) -> tuple[bool, float, str]:
    """Numbers first, by size; everything else as text."""
    is_number = isinstance(value, int | float)
    return (not is_number, float(value) if is_number else 0.0, "" if is_number else text_of(value))


def order_key(value: Any) -> tuple[bool, bool, float, str]:
    """Nulls before everything, as ascending order has them."""
    return (value is not None, *_key(value))
