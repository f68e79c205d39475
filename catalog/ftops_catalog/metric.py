"""The Azure Monitor metrics of an account, and how a batch of them is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class Metric:
    """One metric: its unit, the aggregation that means something, what it can be split by."""

    name: str
    unit: str
    aggregation: str
    dimensions: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class MetricBatch:
    """The batch API: `same` is what all resources of one call share, `scope` its token's.

    `top_default` series per resource come back when a filter is given and no `top`: the rest is
    cut off without a word.
    """

    host: str
    path: str
    api_versions: tuple[str, ...]
    max_resources: int
    top_default: int
    scope: str
    same: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class Metrics:
    """All metrics of the namespace; `grain` is the finest interval (ISO 8601)."""

    namespace: str
    grain: str
    batch: MetricBatch
    metrics: tuple[Metric, ...]


def parse_metrics(file: Row) -> Metrics:
    metrics = Metrics(
        namespace=file.required("namespace", str),
        grain=file.required("grain", str),
        batch=parse_batch(file.table("batch")),
        metrics=tuple(parse_metric(row) for row in file.rows("metric")),
    )
    file.close()
    return metrics


def parse_batch(row: Row) -> MetricBatch:
    batch = MetricBatch(
        host=row.required("host", str),
        path=row.required("path", str),
        api_versions=row.texts("api_versions"),
        max_resources=row.required("max_resources", int),
        top_default=row.required("top_default", int),
        scope=row.required("scope", str),
        same=row.texts("same"),
        origin=parse_origin(row),
    )
    row.close()
    return batch


def parse_metric(row: Row) -> Metric:
    metric = Metric(
        name=row.required("name", str),
        unit=row.required("unit", str),
        aggregation=row.required("aggregation", str),
        dimensions=row.texts("dimensions"),
        origin=parse_origin(row),
    )
    row.close()
    return metric
