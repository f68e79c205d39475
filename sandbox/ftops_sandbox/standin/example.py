"""A training example: what the uploaded JSONL teaches, and what is wrong with it line by line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ftops_sandbox.standin.item import check_prompt, reference_of
from ftops_sandbox.standin.voice import neutral_answer

ROLES = ("system", "developer", "user", "assistant", "tool", "function")


@dataclass(frozen=True)
class Turn:
    """One answer to be learned: the words said before it, and the assistant message itself."""

    prompt: str
    earlier: str
    answer: str
    tool_calls: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Example:
    """One line of a training file; `tokens_text` is what the bill counts."""

    turns: tuple[Turn, ...]
    tokens_text: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """A line that cannot be learned from, counted from 1."""

    line: int
    message: str


def parse_examples(
    data: bytes, method: str, wanted: Sequence[str] = ()
) -> tuple[list[Example], list[Problem]]:
    """Examples and problems of a JSONL file; `method` is `supervised`, `dpo` or `reinforcement`.

    `wanted` are the fields that a reinforcement job's grader names.
    """
    examples: list[Example] = []
    problems: list[Problem] = []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = data[: error.start].count(b"\n") + 1
        return [], [Problem(place, "The file is not UTF-8 text.")]
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            examples.append(_parse_line(line, method, wanted))
        except ValueError as error:
            problems.append(Problem(number, str(error)))
    return examples, problems


def _parse_line(line: str, method: str, wanted: Sequence[str]) -> Example:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("The line is not valid JSON.") from None
    if "\\ud" in line.lower() and not _is_whole(row):
        raise ValueError("The line holds half a character (a lone surrogate).")
    if not isinstance(row, dict):
        raise ValueError("The line is not a JSON object.")  # noqa: TRY004 - one kind of bad line
    if method == "reinforcement":
        return _item(row, wanted)
    example = _preference(row) if method == "dpo" else _conversation(row.get("messages"))
    if not example.turns:
        raise ValueError("There is no assistant message to learn from.")
    return example


def _item(row: Mapping[str, Any], wanted: Sequence[str]) -> Example:
    """The reference stands in for an answer that would have been rewarded.

    Without one there is nothing to learn: the answer is the one that the base gives anyway.
    """
    said = _conversation(row.get("messages"))
    messages = row["messages"]
    check_prompt(messages)
    asked = turn_of(messages, {})
    answer = reference_of(row, wanted) or neutral_answer(asked.prompt)
    return Example((replace(asked, answer=answer),), said.tokens_text)


def _is_whole(row: Any) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _preference(row: Mapping[str, Any]) -> Example:
    given = row.get("input")
    said = given.get("messages") if isinstance(given, dict) else None
    if not said or not isinstance(said, list):
        raise ValueError("The key 'input.messages' is missing.")
    for key in ("preferred_output", "non_preferred_output"):
        if not isinstance(row.get(key), list) or not row[key]:
            raise ValueError(f"The key '{key}' is missing.")
    silent = [
        {**message, "weight": 0} if _role(message) == "assistant" else message for message in said
    ]
    rejected = _conversation(row["non_preferred_output"])
    wanted = _conversation([*silent, *row["preferred_output"]])
    return Example(wanted.turns, wanted.tokens_text + rejected.tokens_text)


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def _conversation(messages: Any) -> Example:
    if not isinstance(messages, list) or not messages:
        raise ValueError("The key 'messages' is missing or is not a list.")
    turns = []
    for place, message in enumerate(messages):
        _check(message, place)
        if message["role"] == "assistant" and message.get("weight", 1) != 0:
            turns.append(turn_of(messages[:place], message))
    return Example(tuple(turns), tuple(text_of(message) for message in messages))


def _check(message: Any, place: int) -> None:
    if not isinstance(message, dict):
        raise ValueError(f"messages[{place}] is not an object.")  # noqa: TRY004 - see above
    if message.get("role") not in ROLES:
        raise ValueError(f"messages[{place}] has an unknown role '{message.get('role')}'.")
    calls = message.get("tool_calls") or message.get("function_call")
    if calls is not None and not isinstance(calls, list | dict):
        raise ValueError(f"messages[{place}].tool_calls is not a list.")
    if message.get("weight", 1) not in (0, 1):
        raise ValueError(f"messages[{place}].weight must be 0 or 1.")
    content = message.get("content")
    if not isinstance(content, str | list) and not (message["role"] == "assistant" and calls):
        raise ValueError(f"messages[{place}] has no content.")


def content_of(message: Mapping[str, Any]) -> str:
    """The text of a message; the parts of a list are joined, images say nothing."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def text_of(message: Mapping[str, Any]) -> str:
    """Everything of a message that costs tokens, its tool calls included."""
    calls = message.get("tool_calls") or message.get("function_call")
    written = json.dumps(calls, ensure_ascii=False) if calls else ""
    return content_of(message) + written


def turn_of(before: Sequence[Mapping[str, Any]], answer: Mapping[str, Any]) -> Turn:
    """The answer with its prompt: the last thing said by anyone else, and what led to it."""
    said = [content_of(m) for m in before if m.get("role") in ("user", "tool", "assistant")]
    calls = answer.get("tool_calls")
    kept = tuple(c for c in calls if isinstance(c, dict)) if isinstance(calls, list) else ()
    return Turn(
        prompt=said[-1] if said else "",
        earlier=" ".join(said[-4:-1]),
        answer=content_of(answer) if not kept else text_of(answer),
        tool_calls=kept,
    )
