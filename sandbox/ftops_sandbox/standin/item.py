"""A reinforcement example: a prompt, and beside it what its grader knows about a good answer."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

# What the service itself reads of a line; every other field is for the grader.
_SERVICE = ("messages", "tools", "functions", "parallel_tool_calls", "response_format")
_USUAL = "reference_answer"


def reference_of(row: Mapping[str, Any], wanted: Sequence[str]) -> str:
    """What a good answer is, as far as the line says: "" where it says nothing.

    `wanted` are the paths that the grader names: the first is learned from, and each must be
    there, or ValueError names it. Where the grader names none, it is `reference_answer`, else
    the first field that is not the service's.
    """
    values = [_at(row, path) for path in wanted]
    if values:
        return _spelled(values[0])
    own = [name for name in row if name not in _SERVICE]
    name = _USUAL if _USUAL in own else own[0] if own else ""
    return _spelled(row.get(name))


def _at(row: Mapping[str, Any], path: str) -> Any:
    found: Any = row
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            raise ValueError(f"The grader names 'item.{path}', which the line does not have.")
        found = found[name]
    return found


def _spelled(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def check_prompt(messages: Sequence[Mapping[str, Any]]) -> None:
    """ValueError for a conversation that reinforcement does not take."""
    if messages[-1].get("role") != "user":
        raise ValueError("The last message is not the user's.")
    for place, message in enumerate(messages):
        if message.get("role") == "system":
            raise ValueError(f"messages[{place}] is a system message; use 'developer' instead.")
        content = message.get("content")
        parts = content if isinstance(content, list) else []
        if any(isinstance(part, dict) and part.get("type") == "image_url" for part in parts):
            raise ValueError(f"messages[{place}] has an image.")
