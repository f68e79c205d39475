"""What an example says: the texts that are counted as tokens, and what tells two examples apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ftops.dataset.form import Format, is_plain
from ftops.dataset.tool import calls

TOKENS_PER_MESSAGE = 3
TOKENS_PER_ROLE = 1
TOKENS_PER_NAME = 1
TOKENS_PER_EXAMPLE = 3
"""Framing of a chat: openai-cookbook's Chat_finetuning_data_prep; each role is one token."""


def spoken(example: Mapping[str, Any], form: Format | None) -> tuple[int, list[str]]:
    """Tokens of framing, and the texts to be encoded.

    Tool definitions count as their JSON text, which is near what the service makes of them;
    images count as nothing, since their tokens are not in the file.
    """
    if form == "prompt-completion":
        return 0, [text for text in example.values() if isinstance(text, str)]
    texts: list[str] = []
    framing = TOKENS_PER_EXAMPLE
    for part in conversations(example):
        framing += say(part.get("messages"), texts)
        if "tools" in part:
            texts.append(compact(part["tools"]))
    return framing, texts


def simply_spoken(example: Mapping[str, Any]) -> tuple[int, list[str]]:
    """The same for an example whose messages are a role and a text each."""
    texts = [message["content"] for message in example["messages"]]
    return TOKENS_PER_EXAMPLE + len(texts) * (TOKENS_PER_MESSAGE + TOKENS_PER_ROLE), texts


def conversations(example: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """An example as conversations: one, or the three parts of a preference."""
    if "messages" in example:
        yield example
        return
    given = example.get("input")
    if isinstance(given, dict):
        yield given
    for key in ("preferred_output", "non_preferred_output"):
        yield {"messages": example.get(key)}


def say(messages: object, texts: list[str]) -> int:
    """Adds the messages' texts and returns their framing; wrong shapes say nothing."""
    framing = 0
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, dict):
            continue
        framing += TOKENS_PER_MESSAGE + TOKENS_PER_ROLE
        for key in ("content", "name"):
            value = message.get(key)
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, list):
                texts.extend(text_parts(value))
        if "name" in message:
            framing += TOKENS_PER_NAME
        if "tool_calls" in message or "function_call" in message:
            texts.extend(call_texts(message))
    return framing


def text_parts(parts: list[Any]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"]


def call_texts(message: Mapping[str, Any]) -> Iterator[str]:
    for function in calls([message]):
        yield from (text for text in function.values() if isinstance(text, str))


def fingerprint(value: object) -> int:
    """A number that two JSON values share when they are the same, in whatever order keys stand.

    Holds for this process alone. Two of a million different values share one with a probability
    of about 1 in 40 million.
    """
    if isinstance(value, list) and all(map(is_plain, value)):
        return hash(tuple([text for m in value for text in (m["role"], m["content"])]))
    return hash(frozen(value))


def identity(example: Mapping[str, Any]) -> object:
    """What makes an example another one: its messages where it has nothing else."""
    return example["messages"] if example.keys() == {"messages"} else example


def asked(example: Mapping[str, Any]) -> object:
    """What the model is asked: all that comes before the answer to learn."""
    if "messages" not in example:
        return example.get("input", example.get("prompt"))
    messages = example["messages"]
    ended = isinstance(messages, list) and messages and isinstance(messages[-1], dict)
    return messages[:-1] if ended and messages[-1].get("role") == "assistant" else messages


def frozen(value: Any) -> Any:
    """JSON as something that can be hashed; 1, 1.0 and true stay apart."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, dict):
        return frozenset((key, frozen(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(frozen(inner) for inner in value)
    return (type(value).__name__, value)


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
