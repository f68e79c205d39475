"""A cost query as it was asked: kind, window, granularity, columns, grouping, filter, order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ftops_sandbox.cost.bill import Row
from ftops_sandbox.cost.dimension import DIMENSIONS, spell_dimension
from ftops_sandbox.cost.filter import Test, parse_filter
from ftops_sandbox.moment import parse_moment

_TYPES = ("Usage", "ActualCost", "AmortizedCost")
_GRANULARITIES = ("None", "Daily", "Monthly")
_CLAUSES_MAX = 2
_DAYS_MAX = 366
# What can be summed up.
MEASURES: Mapping[str, Callable[[Row], Decimal]] = {
    "PreTaxCost": lambda row: row.cost,
    "Cost": lambda row: row.cost,
    "PreTaxCostUSD": lambda row: row.cost,
    "CostUSD": lambda row: row.cost,
    "UsageQuantity": lambda row: row.quantity,
}


@dataclass(frozen=True)
class Definition:
    """`groups` are (kind, name), kind being Dimension or TagKey; `last` is within the window."""

    since: date
    last: date
    granularity: str
    measures: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    takes: Test
    order: tuple[tuple[str, bool], ...]


def parse_definition(body: Any, now: datetime) -> Definition:
    """The query of a request's body; ValueError in Azure's words for what it would refuse."""
    given = _mapping(body, "Query")
    kind = str(given.get("type", ""))
    if kind.casefold() not in (known.casefold() for known in _TYPES):
        raise ValueError(f"Invalid query type: '{kind}'; {_valid(_TYPES)}")
    if not given.get("dataset"):
        raise ValueError("Dataset is invalid or not supplied")
    dataset = _mapping(given["dataset"], "Dataset")
    since, last = _window(given, now)
    default = "PreTaxCost" if kind.casefold() == "usage" else "Cost"
    filtered = dataset.get("filter")
    return Definition(
        since,
        last,
        _granularity(dataset),
        _measures(dataset, default),
        _groups(dataset),
        parse_filter(filtered) if filtered else lambda _row: True,
        _order(dataset),
    )


def _window(given: Mapping[str, Any], now: datetime) -> tuple[date, date]:
    today = now.date()
    first = today.replace(day=1)
    frame = str(given.get("timeframe", ""))
    match frame.casefold():
        case "monthtodate" | "billingmonthtodate":
            return first, today
        case "thecurrentmonth":
            return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        case "thelastmonth" | "thelastbillingmonth":
            last = first - timedelta(days=1)
            return last.replace(day=1), last
        case "weektodate":
            return today - timedelta(days=(today.weekday() + 1) % 7), today
        case "custom":
            return _custom(given.get("timeperiod"))
    raise ValueError(f"Invalid query timeframe: '{frame}'")


def _custom(given: Any) -> tuple[date, date]:
    period = given if isinstance(given, Mapping) else {}
    try:
        since, last = (parse_moment(str(period[name])).date() for name in ("from", "to"))
    except (KeyError, ValueError) as error:
        raise ValueError("The time period is invalid or not supplied") from error
    if since > last:
        raise ValueError("The start date of the time period cannot be after its end date")
    if (last - since).days > _DAYS_MAX:
        raise ValueError("The time period for pulling the data cannot exceed 1 year(s)")
    return since, last


def _granularity(dataset: Mapping[str, Any]) -> str:
    given = str(dataset.get("granularity") or "None")
    for known in _GRANULARITIES:
        if known.casefold() == given.casefold():
            return known
    raise ValueError(f"Invalid dataset granularity: '{given}'; {_valid(_GRANULARITIES)}")


def _measures(dataset: Mapping[str, Any], default: str) -> tuple[str, ...]:
    given = _mapping(dataset.get("aggregation") or {}, "Dataset aggregation")
    if len(given) > _CLAUSES_MAX:
        raise ValueError(f"Dataset aggregation can have at most {_CLAUSES_MAX} clauses")
    found = []
    for clause in given.values():
        one = _mapping(clause, "Dataset aggregation")
        name, function = str(one.get("name", "")), str(one.get("function") or "Sum")
        known = next((m for m in MEASURES if m.casefold() == name.casefold()), None)
        if known is None:
            raise ValueError(f"Invalid dataset aggregation: '{name}'; {_valid(MEASURES)}")
        if function.casefold() != "sum":
            raise ValueError(f"Invalid aggregation function: '{function}'; {_valid(['Sum'])}")
        found.append(known)
    return tuple(dict.fromkeys(found)) or (default,)


def _groups(dataset: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    given = dataset.get("grouping") or []
    if not isinstance(given, list) or len(given) > _CLAUSES_MAX:
        raise ValueError(f"Dataset grouping can have at most {_CLAUSES_MAX} clauses")
    return tuple(_group(_mapping(one, "Dataset grouping")) for one in given)


def _group(clause: Mapping[str, Any]) -> tuple[str, str]:
    kind, name = str(clause.get("type", "")), str(clause.get("name", ""))
    if kind.casefold() in ("tagkey", "tag") and name:
        return "TagKey", name
    if kind.casefold() != "dimension":
        raise ValueError(f"Invalid grouping type: '{kind}'; {_valid(['Dimension', 'TagKey'])}")
    known = spell_dimension(name)
    if known is None:
        raise ValueError(f"Invalid dataset grouping: '{name}'; {_valid(DIMENSIONS)}")
    return "Dimension", known


def _order(dataset: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    """Columns with whether they descend."""
    given = dataset.get("sorting") or []
    clauses = [_mapping(one, "Dataset sorting") for one in (given if type(given) is list else [0])]
    return tuple(
        (str(one.get("name", "")), str(one.get("direction", "")).casefold() == "descending")
        for one in clauses
    )


def _mapping(given: Any, what: str) -> Mapping[str, Any]:
    """With names in lower case: clients write dataset and dataSet."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{what} is invalid or not supplied")  # noqa: TRY004 -- the client's mistake
    return {str(name).casefold(): value for name, value in given.items()}


def _valid(names: Any) -> str:
    return "valid values: " + ",".join(f"'{name}'" for name in names)
