"""A request's JSON: read once, and only what could be kept and shown again."""

from __future__ import annotations

import json
from typing import Any

DEPTH_MAX = 64
_INTEGER_MAX = 2**63


def parse_json(raw: bytes) -> Any:
    """Any JSON value, {} for nothing.

    ValueError for what is no JSON or could not be written as JSON again: NaN, half a character, a
    whole number beyond 64 bits, more than 64 levels.
    """
    if not raw.strip():
        return {}
    try:
        value = json.loads(raw, parse_int=_integer)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("The JSON is nested too deep.") from error
    if _is_deeper(value, DEPTH_MAX):
        raise ValueError(f"The JSON is nested more than {DEPTH_MAX} deep.")
    return value


def _integer(digits: str) -> int:
    value = int(digits)
    if abs(value) > _INTEGER_MAX:
        raise ValueError(f"The number {digits[:20]} is beyond 64 bits.")
    return value


def _is_deeper(value: Any, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth == 0 or any(_is_deeper(one, depth - 1) for one in inner)
