"""How often the management APIs may be asked, and what one cost query may hold."""

from __future__ import annotations

from dataclasses import dataclass

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class Window:
    """At most `count` in any `seconds`."""

    count: int
    seconds: int


@dataclass(frozen=True)
class RateLimit:
    """One API's windows; `per` is who shares them, `unit` what is counted."""

    name: str
    per: str
    unit: str
    windows: tuple[Window, ...]
    origin: Origin


@dataclass(frozen=True)
class CostQuery:
    """What the Cost Management query API allows; a month of data costs so many QPU."""

    qpu_per_month_queried: int
    granularity: tuple[str, ...]
    max_groupings: int
    origin: Origin


@dataclass(frozen=True)
class RateLimits:
    """All rate limits, and the bounds of one cost query."""

    limits: tuple[RateLimit, ...]
    cost_query: CostQuery


def parse_rate_limits(file: Row) -> RateLimits:
    limits = tuple(parse_rate_limit(row) for row in file.rows("rate_limit"))
    cost = file.table("cost_query")
    cost_query = CostQuery(
        qpu_per_month_queried=cost.required("qpu_per_month_queried", int),
        granularity=cost.texts("granularity"),
        max_groupings=cost.required("max_groupings", int),
        origin=parse_origin(cost),
    )
    cost.close()
    file.close()
    return RateLimits(limits, cost_query)


def parse_rate_limit(row: Row) -> RateLimit:
    limit = RateLimit(
        name=row.required("name", str),
        per=row.required("per", str),
        unit=row.required("unit", str),
        windows=tuple(parse_window(window) for window in row.rows("windows")),
        origin=parse_origin(row),
    )
    row.close()
    return limit


def parse_window(row: Row) -> Window:
    window = Window(row.required("count", int), row.required("seconds", int))
    row.close()
    return window
