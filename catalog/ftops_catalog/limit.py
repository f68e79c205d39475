"""A limit that Azure sets: per resource, per file, per job, with the day it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin

LimitValue = bool | int | Decimal | str | tuple[str, ...] | tuple[Decimal, ...]


@dataclass(frozen=True)
class Limit:
    """One limit by name, dotted where limits belong together ("running_jobs.developer")."""

    name: str
    value: LimitValue
    unit: str
    origin: Origin

    @property
    def count(self) -> int:
        """The value of a limit that counts something; the catalog knows which do."""
        assert type(self.value) is int, f"the limit {self.name} is not a count"
        return self.value

    @property
    def status(self) -> str:
        return self.origin.status

    @property
    def source(self) -> str:
        return self.origin.source

    @property
    def as_of(self) -> date:
        return self.origin.as_of


def parse_limit(row: Row) -> Limit:
    limit = Limit(
        name=row.required("name", str),
        value=parse_limit_value(row),
        unit=row.required("unit", str),
        origin=parse_origin(row),
    )
    row.close()
    return limit


def parse_limit_value(row: Row) -> LimitValue:
    """A limit's value is under the key that says its kind; exactly one of them is there."""
    found: list[LimitValue | None] = [
        row.optional("count", int),
        row.money_or_none("amount"),
        row.optional("allowed", bool),
        row.optional("text", str),
        row.texts_or_none("words"),
    ]
    low, high = row.money_or_none("low"), row.money_or_none("high")
    if low is not None and high is not None:
        found.append((low, high))
    values = [value for value in found if value is not None]
    if len(values) != 1:
        raise row.wrong("a limit has one value: count, amount, allowed, text, words or low, high")
    return values[0]
