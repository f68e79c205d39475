"""Usage: what each deployment was called for, and whether that is known at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ftops.estate import Deployment
from ftops.metric import Reading, merge_readings

REQUEST_METRICS = ("AzureOpenAIRequests", "ModelRequests")
INGESTION_DELAY = timedelta(minutes=3)
"""How late Monitor may be: a call within it cannot be seen yet."""


@dataclass(frozen=True)
class Window:
    """The span that was asked for, in buckets of `grain`; `until` is the instant of asking."""

    since: datetime
    until: datetime
    grain: timedelta

    @property
    def as_of(self) -> datetime:
        """Up to here every call is in the answer."""
        return self.until - INGESTION_DELAY


@dataclass(frozen=True)
class Usage:
    """The calls of one deployment within a window.

    `last_call_at` is the latest instant at which the last call can have been: the end of its
    bucket. None means that no call was seen. `complete` is False, with a `reason`, wherever
    the absence of calls is not proven; calls that were seen are true all the same.
    """

    window: Window
    calls: int = 0
    last_call_at: datetime | None = None
    complete: bool = True
    reason: str = ""


def unknown_usage(window: Window, reason: str) -> Usage:
    """Nothing was seen, and nothing is proven."""
    return Usage(window, complete=False, reason=reason)


def fold_usage(
    deployments: Iterable[Deployment],
    readings: Iterable[Reading],
    window: Window,
    failures: Mapping[str, str],
) -> dict[str, Usage]:
    """The usage of every deployment, by its key.

    An absent series counts as no calls only where every request metric answered for the
    account without an error. `failures` maps an account's key to why it was not answered.
    """
    merged = merge_readings(readings)
    return {
        deployment.key: _usage(deployment, merged, window, failures.get(deployment.account.key, ""))
        for deployment in deployments
    }


def _usage(
    deployment: Deployment,
    readings: Mapping[tuple[str, str], Reading],
    window: Window,
    failure: str,
) -> Usage:
    buckets: dict[datetime, int] = {}
    reasons = [failure] if failure else []
    for metric in REQUEST_METRICS:
        reading = readings.get((deployment.account.key, metric.casefold()))
        if reading is None or reading.error:
            told = reading.error if reading else f"Azure Monitor did not answer for {metric}"
            reasons.append(told)
            continue
        # Both metrics count the same call, so the larger one is the number of calls.
        for start, total in reading.totals.get(deployment.name.casefold(), {}).items():
            buckets[start] = max(buckets.get(start, 0), total)
    called = [start for start, total in buckets.items() if total > 0]
    last = min(max(called) + window.grain, window.until) if called else None
    reason = reasons[0] if reasons else ""
    return Usage(window, sum(buckets.values()), last, not reasons, reason)
