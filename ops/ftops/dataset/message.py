"""The messages of a conversation: roles, keys, content, weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftops.dataset.form import PLAIN_KEYS, is_plain, named
from ftops.dataset.part import check_parts
from ftops.dataset.problem import Fault
from ftops.dataset.tool import check_answer, check_calls

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
KEYS = PLAIN_KEYS | {"name", "weight", "tool_calls", "tool_call_id", "function_call"}
ROLE_NAMES = "system, developer, user, assistant or tool"


def check_messages(messages: object) -> Iterator[Fault]:
    """Everything about a list of messages but how it must end, which its format knows."""
    if not isinstance(messages, list) or not messages:
        what = "is empty" if messages == [] else "is not a list"
        fix = 'write "messages": [{"role": …, "content": …}, …]'
        yield Fault("messages-are-a-list", f"`messages` {what}", fix)
        return
    calls: set[str] = set()
    for number, message in enumerate(messages, start=1):
        if not is_plain(message):
            yield from check_message(message, f"message {number}", calls)


def check_message(message: object, place: str, calls: set[str]) -> Iterator[Fault]:
    if not isinstance(message, dict):
        fix = 'write each message as {"role": …, "content": …}'
        yield Fault("message-is-an-object", f"{place} is no JSON object", fix)
        return
    role = message.get("role")
    if not isinstance(role, str) or role not in ROLES:
        said = f"has the role {str(role)[:40]!r}" if "role" in message else "has no role"
        yield Fault("role-is-known", f"{place} {said}", f"use {ROLE_NAMES}")
        return
    if unknown := [key for key in message if key not in KEYS]:
        fix = f"take it out, or use one of {', '.join(sorted(KEYS))}"
        yield Fault("key-is-known", f"{place} has the key {named(unknown)}", fix)
    yield from check_content(message, role, f"{place} ({role})")
    yield from check_weight(message, role, f"{place} ({role})")
    yield from check_calls(message, role, f"{place} ({role})", calls)
    yield from check_answer(message, role, f"{place} ({role})", calls)


def check_content(message: Mapping[str, Any], role: str, place: str) -> Iterator[Fault]:
    content = message.get("content")
    if isinstance(content, list) and content:
        yield from check_parts(content, role, place)
    elif content is None or content == [] or isinstance(content, str):
        calls = message.get("tool_calls") or message.get("function_call")
        if not calls and not (content and content.strip()):
            fix = "write its text, or take the example out"
            yield Fault("content-is-present", f"{place} has no content", fix)
    else:
        kind = type(content).__name__
        fix = "write it as text, or as a list of parts"
        yield Fault("content-is-present", f"{place} has a {kind} as its content", fix)


def check_weight(message: Mapping[str, Any], role: str, place: str) -> Iterator[Fault]:
    if "weight" not in message:
        return
    weight = message["weight"]
    if role != "assistant":
        fix = "take the weight out: only what the assistant says is learned"
        yield Fault("weight-is-zero-or-one", f"{place} has a weight", fix)
    elif isinstance(weight, bool) or weight not in (0, 1):
        fix = "write 1 to learn from the message, 0 to skip it"
        yield Fault("weight-is-zero-or-one", f"{place} has the weight {str(weight)[:40]}", fix)


def check_learned(messages: Sequence[Any]) -> Iterator[Fault]:
    """An example whose every answer has weight 0 is paid for and teaches nothing."""
    answers = [m for m in messages if isinstance(m, dict) and m.get("role") == "assistant"]
    if answers and all(m.get("weight") == 0 and "weight" in m for m in answers):
        fix = "give the answer to learn the weight 1, or take the example out"
        yield Fault("something-is-learned", "every assistant message has weight 0", fix)
