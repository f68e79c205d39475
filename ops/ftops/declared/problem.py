"""What a person reads about a key that is wrong: pydantic's errors as sentences with hints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ftops.declared.part import OWN, keys
from ftops.place import Map, Problem, shown, spoken
from ftops.stack_file import KeyPath
from ftops_catalog.hint import did_you_mean

WHOLE_NUMBER = "write a whole number, 1 or more"
EVERY_KEY = "docs/stack-file.md has every key"
# What to write, by the type of pydantic's error.
HINTS: Mapping[str, str] = {
    "missing": EVERY_KEY,
    "int_type": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "greater_than_equal": WHOLE_NUMBER,
    "bool_type": "write true or false",
    "string_type": "write text, in quotes if it looks like a number",
    "tuple_type": "write a list, one `-` an entry",
    "model_type": "write `key: value` lines",
    "dict_type": "write `name: value` lines",
}


def problems_of(
    errors: Sequence[ErrorDetails], top: type[BaseModel], where: Map
) -> Iterator[Problem]:
    """One problem for each error, at the line of its key."""
    for error in errors:
        path: KeyPath = tuple(step for step in error["loc"] if step != "[key]")
        message, hint = _sentence(error, top, path, spoken(path, where.prefix))
        told = hint.replace(EVERY_KEY, f"{where.page} has every key")
        yield Problem(where.place(path), message, told)


def _sentence(
    error: ErrorDetails, top: type[BaseModel], path: KeyPath, key: str
) -> tuple[str, str]:
    value, kind = error["input"], error["type"]
    if kind == OWN:
        said = str(error["ctx"]["said"])
        said = said.replace("{key}", key).replace("{value}", shown(value))
        return said, str(error["ctx"]["hint"]) or EVERY_KEY
    if kind == "extra_forbidden":
        part = _part(top, path[:-1])
        return f"there is no key {key}", did_you_mean(str(path[-1]), keys(part) if part else [])
    if kind == "missing":
        return f"{key} is not set", EVERY_KEY
    if kind == "literal_error":
        return f"{key} is {shown(value)}", _words(top, path, value)
    return f"{key} is {shown(value)}", HINTS.get(kind, EVERY_KEY)


def _words(top: type[BaseModel], path: KeyPath, value: object) -> str:
    """The words that a key takes, or the one that was meant."""
    part = _part(top, path[:-1])
    field = keys(part).get(str(path[-1])) if part else None
    words = _literals(part.model_fields[field].annotation) if part and field else []
    if isinstance(value, str):
        return did_you_mean(value, words)
    return f"write one of {', '.join(words)}"


def _literals(annotation: Any) -> list[str]:
    found = [
        word
        for each in get_args(annotation)
        for word in ([each] if isinstance(each, str) else _literals(each))
    ]
    return sorted(set(found))


def _part(top: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """The part at a path, found by the annotations along it."""
    part: type[BaseModel] | None = top
    for step in path:
        if isinstance(step, int) or part is None:
            continue
        field = keys(part).get(step)
        part = inside(part.model_fields[field].annotation) if field else None
    return part


def inside(annotation: Any) -> type[BaseModel] | None:
    """The part that an annotation speaks of, be it optional or in a tuple."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    is_part: Callable[[Any], type[BaseModel] | None] = inside
    return next((found for each in get_args(annotation) if (found := is_part(each))), None)
