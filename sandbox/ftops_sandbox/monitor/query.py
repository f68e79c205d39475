"""A metrics query: read from its parameters, answered from the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import parse_moment
from ftops_sandbox.monitor.dimension import Split, parse_filter
from ftops_sandbox.monitor.metric import (
    METRICS,
    NAMESPACE,
    Metric,
    Sample,
    find_metric,
    sample_of_call,
    sample_of_job,
)
from ftops_sandbox.monitor.window import Window, parse_interval, parse_timespan
from ftops_sandbox.openai.job import read_jobs
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

# What happened later than this ago is not there yet.
INGESTION = timedelta(minutes=3)
AGGREGATIONS = ("total", "average", "minimum", "maximum", "count")
_TOP = 10


class MetricsError(ArmError):
    """Monitor's own refusals: flat, without the `error` around them."""

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True)
class Query:
    """What is asked of each resource; `top` None for as many series as there are."""

    metrics: tuple[Metric, ...]
    window: Window
    aggregations: tuple[str, ...]
    split: Split
    top: int | None
    order: tuple[str, bool]
    metadata_only: bool


def parse_query(given: Mapping[str, str], now: datetime) -> Query:
    """The query of parameters whose names are in lower case; 400 for what cannot be read."""
    metrics = _metrics(given)
    try:
        window = _window(given, now)
        known = {name.casefold(): name for m in metrics for name in m.dimensions}
        split = parse_filter(given.get("$filter") or given.get("filter") or "", known)
        aggregations = _aggregations(given.get("aggregation", ""), metrics)
        top, order = _top(given), _order(given)
    except (ValueError, OverflowError) as error:
        raise MetricsError(400, "BadRequest", str(error)) from error
    return Query(
        metrics,
        window,
        aggregations,
        split,
        top if split.wanted else None,
        order,
        given.get("resulttype", "").casefold() == "metadata",
    )


def _metrics(given: Mapping[str, str]) -> tuple[Metric, ...]:
    """Those named, or the first of the account's where none is."""
    namespace = given.get("metricnamespace", NAMESPACE)
    names = [name for name in (given.get("metricnames") or "").split(",") if name.strip()]
    names = names or [METRICS[0].name]
    found = []
    for name in names:
        metric = find_metric(name) if namespace.casefold() == NAMESPACE.casefold() else None
        if metric is None:
            valid = ",".join(known.name for known in METRICS)
            raise MetricsError(
                400,
                "BadRequest",
                f"Failed to find metric configuration for provider: Microsoft.CognitiveServices, "
                f"resource Type: accounts, metric: {name.strip()}, Valid metrics: {valid}",
            )
        found.append(metric)
    return tuple(found)


def _window(given: Mapping[str, str], now: datetime) -> Window:
    start, end = now - timedelta(hours=1), now
    if given.get("timespan"):
        start, end = parse_timespan(given["timespan"], now)
    if given.get("endtime"):
        end = parse_moment(given["endtime"])
    if given.get("starttime"):
        start = parse_moment(given["starttime"])
    if start >= end:
        raise ValueError("The start of the time span must lie before its end.")
    adjust = given.get("autoadjusttimegrain", "").casefold() == "true"
    return Window(
        start, end, parse_interval(given.get("interval") or "PT1M", start, end, adjust=adjust)
    )


def _top(given: Mapping[str, str]) -> int:
    """Ten unless more are asked for: Azure cuts the rest off and says nothing."""
    top = int(given.get("top") or _TOP)
    if top < 1:
        raise ValueError("The parameter 'top' must be a whole number from 1.")
    return top


def _order(given: Mapping[str, str]) -> tuple[str, bool]:
    """The aggregation that ranks the series ("" for the metric's own), and whether it ascends."""
    name, _, direction = given.get("orderby", "").strip().casefold().partition(" ")
    if name not in ("", *AGGREGATIONS) or direction.strip() not in ("", "asc", "desc"):
        raise ValueError(f"The parameter 'orderby' cannot be read: '{given.get('orderby')}'.")
    return name, direction.strip() == "asc"


def _aggregations(text: str, metrics: tuple[Metric, ...]) -> tuple[str, ...]:
    names = [name.strip().casefold() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in AGGREGATIONS:
            raise ValueError(f"Invalid aggregation '{name}'. Valid ones: {','.join(AGGREGATIONS)}.")
    return tuple(names) or (metrics[0].primary.casefold(),)


def answer(world: World, account: Document, resource_id: str, query: Query) -> list[dict[str, Any]]:
    """Azure's `value`: one entry for each metric."""
    ready = world.now() - INGESTION
    window = query.window
    events = world.history("call", resource_id, window.start, min(window.end, ready))
    samples = [sample_of_call(event) for event in events]
    jobs = read_jobs(world, account.key, deleted=True)
    hours = [sample_of_job(job, account.body["location"]) for job in jobs]
    until = min(window.end, ready)
    samples += [s for s in hours if s and window.start <= s.time < until]
    return [_show(metric, resource_id, samples, query, ready) for metric in query.metrics]


def _show(
    metric: Metric, resource_id: str, samples: Iterable[Sample], query: Query, ready: datetime
) -> dict[str, Any]:
    return {
        "id": f"{resource_id}/providers/Microsoft.Insights/metrics/{metric.name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": metric.name, "localizedValue": metric.title},
        "displayDescription": metric.description,
        "unit": metric.unit,
        "timeseries": _series(metric, samples, query, ready),
        "errorCode": "Success",
    }


def _series(
    metric: Metric, samples: Iterable[Sample], query: Query, ready: datetime
) -> list[dict[str, Any]]:
    """One series for each combination of values that was seen: who was idle has none."""
    found: dict[tuple[str, ...], list[tuple[datetime, float]]] = {}
    for sample in samples:
        value = metric.value(sample.body)
        if value is not None and query.split.takes(sample.dimensions):
            found.setdefault(query.split.key(sample.dimensions), []).append((sample.time, value))
    name, ascending = query.order
    ranked = sorted(
        found.items(),
        key=lambda item: _fold([v for _, v in item[1]])[name or metric.primary.casefold()],
        reverse=not ascending,
    )
    return [_one_series(key, values, query, ready) for key, values in ranked[: query.top]]


def _one_series(
    key: tuple[str, ...], values: list[tuple[datetime, float]], query: Query, ready: datetime
) -> dict[str, Any]:
    names = [name.casefold() for name in query.split.wanted]
    metadata = [
        {"name": {"value": name, "localizedValue": name}, "value": value}
        for name, value in zip(names, key, strict=True)
    ]
    if query.metadata_only:
        return {"metadatavalues": metadata}
    points: dict[datetime, list[float]] = {}
    for moment, value in values:
        points.setdefault(query.window.place(moment), []).append(value)
    data = []
    for start in query.window.points():
        folded = _fold(points.get(start, []))
        known = {name: folded[name] for name in query.aggregations} if start < ready else {}
        data.append({"timeStamp": spell(start), **known})
    return {"metadatavalues": metadata, "data": data}


def _fold(values: list[float]) -> dict[str, float]:
    total = sum(values)
    return {
        "total": total,
        "count": float(len(values)),
        "average": total / len(values) if values else 0.0,
        "minimum": min(values, default=0.0),
        "maximum": max(values, default=0.0),
    }


def spell(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
