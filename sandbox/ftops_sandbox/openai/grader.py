"""Graders: what a reinforcement job is given to score answers with, checked and never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ftops_sandbox.openai.wire import bad_request

_CHECKS = ("eq", "ne", "like", "ilike")
_METRICS = (
    "cosine",
    "fuzzy_match",
    "bleu",
    "gleu",
    "meteor",
    *(f"rouge_{order}" for order in (1, 2, 3, 4, 5, "l")),
)
# The models that Azure grades with, in their short and dated names.
MODELS = ("gpt-4o", "gpt-4o-2024-08-06", "o3-mini", "o3-mini-2025-01-31")
_SOURCE_BYTES_MAX = 256 * 1024
_ROLES = ("user", "assistant", "system", "developer")
_FUNCTIONS = ("min", "max", "abs", "floor", "ceil", "exp", "sqrt", "log")
_WORD = re.compile(r"[A-Za-z_]\w*")
_FORMULA = re.compile(r"[\w\s.,+\-*/^()]+")
_ITEM = re.compile(r"\{\{\s*item\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)\s*\}\}")
_PARTS = ("string_check", "text_similarity", "python", "score_model", "label_model")
_ALONE = ("string_check", "text_similarity", "python", "score_model", "multi")


def parse_grader(given: Any, where: str = "method.reinforcement.grader") -> dict[str, Any]:
    """The grader as it was sent; 400 names what is wrong with it, and where."""
    return _grader(given, where, _ALONE)


def item_paths(grader: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of an example that the grader's templates name, in order, each once."""
    found = (match[1] for text in _texts(grader) for match in _ITEM.finditer(text))
    return tuple(dict.fromkeys(found))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _grader(given: Any, where: str, allowed: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise bad_request(f"The property '{where}' is missing or is not an object.")
    kind = given.get("type")
    if kind not in allowed:
        raise bad_request(
            f"The property '{where}.type' is '{kind}', but must be one of {', '.join(allowed)}."
        )
    _text(given, "name", where)
    match kind:
        case "string_check":
            _compared(given, where, "operation", _CHECKS)
        case "text_similarity":
            _compared(given, where, "evaluation_metric", _METRICS)
        case "python":
            _python(given, where)
        case "multi":
            _multi(given, where)
        case _:
            _model(given, where)
    return given


def _text(given: Mapping[str, Any], name: str, where: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise bad_request(f"The property '{where}.{name}' is missing or is not a text.")
    return value


def _compared(given: Mapping[str, Any], where: str, name: str, allowed: tuple[str, ...]) -> None:
    for text in ("input", "reference"):
        _text(given, text, where)
    if given.get(name) not in allowed:
        raise bad_request(
            f"The property '{where}.{name}' is '{given.get(name)}', but must be one of "
            f"{', '.join(allowed)}."
        )


def _python(given: Mapping[str, Any], where: str) -> None:
    source = _text(given, "source", where)
    if len(source.encode()) > _SOURCE_BYTES_MAX:
        raise bad_request(f"The property '{where}.source' is longer than 256 KB.")
    try:
        compile(source, "grader", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        said = getattr(error, "msg", None) or str(error)
        place = f" on line {line}" if (line := getattr(error, "lineno", None)) else ""
        raise bad_request(f"The property '{where}.source' is not Python{place}: {said}.") from None
    if not re.search(r"^(async\s+)?def\s+grade\s*\(", source, re.MULTILINE):
        raise bad_request(f"The property '{where}.source' defines no function 'grade'.")


def _model(given: Mapping[str, Any], where: str) -> None:
    model = _text(given, "model", where)
    if model not in MODELS:
        raise bad_request(
            f"The property '{where}.model' is '{model}', but must be one of {', '.join(MODELS)}."
        )
    _messages(given.get("input"), f"{where}.input")
    if given["type"] == "label_model":
        _labels(given, where)
    span = given.get("range", [0, 1])
    if not _is_span(span):
        raise bad_request(f"The property '{where}.range' must be two numbers, the lower one first.")


def _is_span(span: Any) -> bool:
    if not isinstance(span, list) or len(span) != 2:  # noqa: PLR2004 -- a lower and an upper end
        return False
    right = all(isinstance(end, int | float) and not isinstance(end, bool) for end in span)
    return right and span[0] < span[1]


def _messages(given: Any, where: str) -> None:
    if not isinstance(given, list) or not given:
        raise bad_request(f"The property '{where}' is missing or is not a list of messages.")
    for place, message in enumerate(given):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise bad_request(
                f"The property '{where}[{place}].role' must be one of {', '.join(_ROLES)}."
            )
        if not isinstance(message.get("content"), str | list | dict) or not message["content"]:
            raise bad_request(f"The property '{where}[{place}].content' is missing.")


def _labels(given: Mapping[str, Any], where: str) -> None:
    for name in ("labels", "passing_labels"):
        value = given.get(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise bad_request(
                f"The property '{where}.{name}' is missing or is not a list of texts."
            )
    if not given["passing_labels"] or not set(given["passing_labels"]) <= set(given["labels"]):
        raise bad_request(f"The property '{where}.passing_labels' must be some of the labels.")


def _multi(given: Mapping[str, Any], where: str) -> None:
    """Graders by name, as Azure shows them; OpenAI's client has one grader in their place."""
    inner = given.get("graders")
    if isinstance(inner, dict) and isinstance(inner.get("type"), str):
        inner = {str(inner.get("name")): inner}
    if not isinstance(inner, dict) or not inner:
        raise bad_request(f"The property '{where}.graders' is missing or is not an object.")
    for name, grader in inner.items():
        _grader(grader, f"{where}.graders.{name}", _PARTS)
    formula = _text(given, "calculate_output", where)
    known = {*inner, *(str(grader["name"]) for grader in inner.values()), *_FUNCTIONS}
    strange = [word for word in _WORD.findall(formula) if word not in known]
    if not _FORMULA.fullmatch(formula) or strange:
        what = f"names '{strange[0]}', which is no grader" if strange else "is not a formula"
        raise bad_request(f"The property '{where}.calculate_output' {what}.")
