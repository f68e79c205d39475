"""The bill folded into the columns and rows of a query's answer."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ftops_sandbox.cost.bill import Row
from ftops_sandbox.cost.definition import MEASURES, Definition
from ftops_sandbox.cost.dimension import DIMENSIONS, tag

Line = list[Any]


def columns(asked: Definition) -> list[dict[str, str]]:
    """Azure's order: what is summed, the date, what it is grouped by, the currency."""
    named = [(name, "Number") for name in asked.measures]
    if asked.granularity == "Daily":
        named.append(("UsageDate", "Number"))
    if asked.granularity == "Monthly":
        named.append(("BillingMonth", "Datetime"))
    for kind, name in asked.groups:
        named += [(name, "String")] if kind == "Dimension" else [("TagKey", "String")]
        named += [("TagValue", "String")] if kind == "TagKey" else []
    return [{"name": name, "type": kind} for name, kind in [*named, ("Currency", "String")]]


def fold(rows: Iterable[Row], asked: Definition) -> list[Line]:
    """One line for each day or month and combination of groups."""
    sums: dict[tuple[Any, ...], list[Decimal]] = {}
    for row in rows:
        if asked.takes(row):
            total = sums.setdefault(_place(row, asked), [Decimal(0)] * len(asked.measures))
            for index, name in enumerate(asked.measures):
                total[index] += MEASURES[name](row)
    lines = [[*map(float, sums[place]), *place, "USD"] for place in sorted(sums)]
    return _ordered(lines, asked)


def _place(row: Row, asked: Definition) -> tuple[Any, ...]:
    place: list[Any] = []
    if asked.granularity == "Daily":
        place.append(int(f"{row.day:%Y%m%d}"))
    if asked.granularity == "Monthly":
        place.append(f"{row.day:%Y-%m}-01T00:00:00")
    for kind, name in asked.groups:
        if kind == "TagKey":
            place += [name.casefold(), tag(row, name)]
        else:
            place.append(DIMENSIONS[name](row))
    return tuple(place)


def _ordered(lines: list[Line], asked: Definition) -> list[Line]:
    places = {one["name"].casefold(): index for index, one in enumerate(columns(asked))}
    for name, descends in reversed(asked.order):
        if (place := places.get(name.casefold())) is not None:
            lines.sort(key=lambda line: line[place], reverse=descends)
    return lines
