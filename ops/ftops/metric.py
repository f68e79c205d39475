"""Monitor's answers about accounts, read series by series: a total per deployment and bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ftops.estate import text_at, value_at
from ftops.instant import parse_instant

DEPLOYMENT_DIMENSION = "modeldeploymentname"


@dataclass(frozen=True)
class Reading:
    """One metric of one account.

    `totals` maps a deployment's name (case folded) to its buckets: start of bucket to total.
    `error` is why the answer cannot be trusted, "" where it is whole.
    """

    account_id: str
    metric: str
    totals: Mapping[str, Mapping[datetime, int]] = field(default_factory=dict)
    error: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.account_id.casefold(), self.metric.casefold())


def parse_readings(answer: object) -> tuple[Reading, ...]:
    """What a batch answer says, one reading per account and metric, whatever it holds."""
    values = value_at(answer, "values")
    accounts = values if isinstance(values, list) else []
    return tuple(
        parse_reading(text_at(account, "resourceid"), metric)
        for account in accounts
        for metric in _listed(account, "value")
    )


def parse_reading(account_id: str, metric: object) -> Reading:
    """One metric; an error code, a series without its dimension or a malformed point spoil it."""
    name = text_at(metric, "name", "value")
    code = text_at(metric, "errorCode")
    if code and code.casefold() != "success":
        return Reading(account_id, name, error=f"Azure Monitor answered {code} for {name}")
    totals: dict[str, dict[datetime, int]] = {}
    for series in _listed(metric, "timeseries"):
        deployment = _deployment_of(series)
        if deployment is None:
            return Reading(account_id, name, error=f"{name} came without its deployment")
        buckets = totals.setdefault(deployment, {})
        for start, total in _points(series):
            if start is None or total is None:
                return Reading(account_id, name, error=f"{name} came with an unreadable point")
            buckets[start] = buckets.get(start, 0) + total
    return Reading(account_id, name, totals)


def merge_readings(readings: Iterable[Reading]) -> dict[tuple[str, str], Reading]:
    """The readings by account and metric; of two on the same, one with an error stands."""
    merged: dict[tuple[str, str], Reading] = {}
    for reading in readings:
        before = merged.get(reading.key)
        if before is None or not before.error:
            merged[reading.key] = reading
    return merged


def _deployment_of(series: object) -> str | None:
    for pair in _listed(series, "metadatavalues"):
        if text_at(pair, "name", "value").casefold() == DEPLOYMENT_DIMENSION:
            return text_at(pair, "value").casefold() or None
    return None


def _points(series: object) -> Iterator[tuple[datetime | None, int | None]]:
    """A point without a total is a bucket without calls: Azure leaves zeros out or writes them."""
    for point in _listed(series, "data"):
        total = value_at(point, "total")
        number = isinstance(total, int | float) and not isinstance(total, bool)
        readable = total is None or (number and 0 <= total < 2**63)
        yield parse_instant(value_at(point, "timeStamp")), int(total or 0) if readable else None


def _listed(body: object, key: str) -> list[Any]:
    value = value_at(body, key)
    return value if isinstance(value, list) else []
