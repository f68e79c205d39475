"""The shape of an answer, and where two shapes differ: kinds of values, never the values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

ABSENT: Final = "absent"
_KINDS: Final = {str: "text", bool: "boolean", int: "number", float: "number", type(None): "null"}
Shape = dict[str, str]


def shape(status: int, body: Any) -> Shape:
    """Each path of an answer with the kind of its value; its status and error code as they are."""
    found = {"status": str(status), **dict(_walk("", body))}
    code = (body.get("error") or body).get("code") if isinstance(body, dict) else None
    if isinstance(code, str | int) and status >= 400:
        found["error code"] = str(code)
    return found


def differences(azure: Shape, sandbox: Shape) -> list[tuple[str, str, str]]:
    """Where, what Azure has, what the sandbox has; an empty list says nothing of its items."""
    silent = [path for each in (azure, sandbox) for path, kind in each.items() if kind == "nothing"]
    found = []
    for path in sorted({*azure, *sandbox}):
        pair = azure.get(path, ABSENT), sandbox.get(path, ABSENT)
        unknown = any(path.startswith(f"{one}[]") or path == one for one in silent)
        if pair[0] != pair[1] and not unknown:
            found.append((path, *pair))
    return found


def _walk(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield path or "body", "object"
        for name, inside in value.items():
            yield from _walk(f"{path}.{name}" if path else name, inside)
    elif isinstance(value, list):
        yield path or "body", "list" if value else "nothing"
        for inside in value:
            yield from _walk(f"{path or 'body'}[]", inside)
    else:
        yield path or "body", _KINDS[type(value)]
