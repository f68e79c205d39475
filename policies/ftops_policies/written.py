"""What a person wrote, as the type that is wanted; anything else is refused with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean
from ftops_policies.rule import Parameter, Rule, parameter_of
from ftops_policies.where import Where


def mapping(value: Any, where: Where) -> Mapping[str, Any]:
    """Names and values; nothing written is none of them."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise BadConfig(f"{where} is not a mapping of names to values.", "Write `name: value`.")
    return value


def known(written: Iterable[str], names: tuple[str, ...], where: Where) -> None:
    """Refuses the first name that is none of those known."""
    for name in written:
        if name not in names:
            hint = did_you_mean(name, names) if names else "Nothing can be set there."
            raise BadConfig(f"{where.said(name)}: there is no {name!r} here.", hint)


def given(parsed: Any, value: Any, where: Where, wanted: str) -> Any:
    """The value as parsed; None is what did not fit."""
    if parsed is None:
        raise BadConfig(f"{where} is {value!r}.", f"Write {wanted}.")
    return parsed


def text(value: Any, where: Where) -> str:
    """Text, or the number that a ticket may be; nothing written is no text."""
    if value is None:
        return ""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(given(str(value) if whole or isinstance(value, str) else None, value, where, "text"))


def entries(value: Any, where: Where, wanted: str) -> list[tuple[Where, Mapping[str, Any]]]:
    """A list of mappings, each with its place."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise BadConfig(f"{where} is {value!r}.", f"Write {wanted}.")
    return [(where / index, mapping(each, where / index)) for index, each in enumerate(value)]


def parse_parameters(
    rule: Rule, written: Mapping[str, Any], where: str | Where
) -> dict[str, Parameter]:
    """Values for a rule's parameters, typed as their defaults are."""
    place = Where(where) if isinstance(where, str) else where
    known(written, tuple(rule.parameters), place)
    return {
        name: given(
            parameter_of(rule.parameters[name], value),
            value,
            place / name,
            wanted(rule.parameters[name]),
        )
        for name, value in written.items()
    }


def wanted(default: Parameter) -> str:
    """What a parameter of this type is written as."""
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, int):
        return "a whole number, 0 or more"
    if isinstance(default, Decimal):
        return "an amount such as 3.40, 0 or more"
    return "a list of text" if isinstance(default, tuple) else "text"
