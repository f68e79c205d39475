"""Which meter of the price list counts a charge: names say it, each family in its own way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Meter = Mapping[str, Any]

_HOUR_US = 3_600_000_000
# How much of what is counted (tokens, microseconds) makes one unit.
_UNITS = {"1k": 1000, "1m": 1_000_000, "1hour": _HOUR_US, "1/hour": _HOUR_US}
_WHAT = (
    (re.compile(r"grdr|grader"), "grader"),
    (re.compile(r"provisioned"), "provisioned"),
    (re.compile(r"training|trng"), "training"),
    (re.compile(r"hosting|hstng"), "hosting"),
    (re.compile(r"cached|cchd"), "cached"),
    (re.compile(r"\binp(ut|t)?\b"), "input"),
    (re.compile(r"\b(output|outp|opt)\b"), "output"),
)
_SCOPE = (
    (re.compile(r"\bdev\b"), "developer"),
    (re.compile(r"data zone"), "zone"),
    (re.compile(r"\b(regional|regnl)\b"), "regional"),
    (re.compile(r"\b(global|glbl)\b"), "global"),
)
_MODEL = re.compile(
    r"gpt-4o-mini|gpt-4o|gpt-4\.1-mini|gpt-4\.1-nano|gpt-4\.1|gpt-4|gpt-35-turbo(?:16k|4k)"
    r"|o\d-mini|babbage-002|davinci-002"
)
# Where a family has no meter of this kind, what is charged instead.
_INSTEAD = (("cached", "input"),)


@dataclass(frozen=True)
class Key:
    """What a meter counts: `model` is "" for provisioned units, which are the same for all."""

    model: str
    scope: str
    what: str
    region: str


class Tariff:
    """The price list, by what is charged; `find` answers None for what has no published meter."""

    def __init__(self, meters: Iterable[Meter]) -> None:
        self._meters = {key: meter for meter in meters if (key := read_key(meter))}
        self._found: dict[Key, Meter | None] = {}

    def find(self, key: Key) -> Meter | None:
        """The meter of a charge; Developer tokens without one of their own cost the global rate."""
        if key not in self._found:
            listed = (self._meters.get(candidate) for candidate in _candidates(key))
            self._found[key] = next((meter for meter in listed if meter), None)
        return self._found[key]


def read_key(meter: Meter) -> Key | None:
    """What a meter counts by its name; None for a name that says something else."""
    name = str(meter["skuName"]).casefold()
    what = _first(_WHAT, name)
    scope = _first(_SCOPE, name)
    model = _MODEL.search(name.replace(" ", "-"))
    if what is None or scope is None or (model is None and what != "provisioned"):
        return None
    if what == "training" and units(meter) == _HOUR_US:
        what = "training_time"
    return Key(model[0] if model else "", scope, what, str(meter["armRegionName"]))


def units(meter: Meter) -> int:
    """How many tokens or microseconds one unit of a meter is."""
    return _UNITS[str(meter["unitOfMeasure"]).casefold().replace(" ", "")]


def price(meter: Meter) -> Decimal:
    """US dollars for one unit."""
    return Decimal(str(meter["unitPrice"]))


def _candidates(key: Key) -> list[Key]:
    whats = [key.what, *(other for what, other in _INSTEAD if what == key.what)]
    scopes = [key.scope]
    if key.scope == "developer" and key.what in ("input", "cached", "output"):
        scopes.append("global")
    return [Key(key.model, scope, what, key.region) for what in whats for scope in scopes]


def _first(names: Iterable[tuple[re.Pattern[str], str]], text: str) -> str | None:
    return next((word for pattern, word in names if pattern.search(text)), None)
