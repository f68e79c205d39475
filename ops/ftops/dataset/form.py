"""The formats of training examples, and which one a JSON object is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ftops.dataset.problem import Fault

Format = Literal["chat", "dpo", "rft", "prompt-completion"]

METHODS: Mapping[Format, str] = {"chat": "sft", "dpo": "dpo", "rft": "rft"}
"""The training method that takes a format; no model on offer takes prompt-completion."""

CHAT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
DPO_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})
LEGACY_KEYS = frozenset({"prompt", "completion"})
PLAIN_KEYS = frozenset({"role", "content"})
PLAIN_ROLES = frozenset({"system", "developer", "user", "assistant"})
CHAT_SHAPE = (
    '{"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}'
)


def recognise(example: Mapping[str, Any]) -> Format | None:
    """The format of one example by its keys; None where it is of none.

    Chat and reinforcement examples look alike. One that ends before the assistant speaks and
    brings fields for a grader is the latter.
    """
    if "messages" in example:
        ends_open = last_role(example["messages"]) not in {"assistant", None}
        return "rft" if ends_open and set(example) - CHAT_KEYS else "chat"
    if DPO_KEYS & set(example):
        return "dpo"
    return "prompt-completion" if set(example) >= LEGACY_KEYS else None


def is_plain(message: object) -> bool:
    """A role that needs nothing else and a text: nine messages of ten, with nothing to judge."""
    if type(message) is not dict or message.keys() != PLAIN_KEYS:
        return False
    content, role = message["content"], message["role"]
    return (
        type(content) is str
        and type(role) is str
        and role in PLAIN_ROLES
        and bool(content)
        and not content.isspace()
    )


def is_simple(example: Mapping[str, Any]) -> bool:
    """A chat of plain messages alone that ends with the assistant: no chat rule can break."""
    if example.keys() != {"messages"}:
        return False
    messages = example["messages"]
    return (
        type(messages) is list
        and bool(messages)
        and all(map(is_plain, messages))
        and messages[-1]["role"] == "assistant"
    )


def family(form: Format | None) -> str | None:
    """Formats that share their keys: the first line decides between the two of them."""
    return "messages" if form in {"chat", "rft"} else form


def last_role(messages: object) -> str | None:
    """The role of the last message; None where there is none."""
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        return None
    role = messages[-1].get("role")
    return role if isinstance(role, str) else None


def unknown_format(example: Mapping[str, Any]) -> Fault:
    keys = named(example)
    message = f"an object with {keys} is no training example" if keys else "the object is empty"
    return Fault("format-is-known", message, f"write it as {CHAT_SHAPE}")


def named(keys: Sequence[str] | Mapping[str, Any]) -> str:
    """Up to four keys, quoted, in their order."""
    shown = [repr(key[:40]) for key in list(keys)[:4]]
    more = ", …" if len(keys) > len(shown) else ""
    return ", ".join(shown) + more
