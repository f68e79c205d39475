"""Query processing units: what a query costs, what is left, and the refusal when none is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ftops_sandbox.errors import ArmError
from ftops_sandbox.store import Event
from ftops_sandbox.world import TENANT_ID, World

_KIND = "cost.queried"
_DAYS_A_UNIT = 31
_PREFIX = "x-ms-ratelimit-microsoft.costmanagement-qpu-"


@dataclass(frozen=True)
class Window:
    """So many units within so long; `word` is what the header calls it."""

    word: str
    span: timedelta
    units: int


_WINDOWS = (
    Window("QueriesPerHour", timedelta(hours=1), 600),
    Window("QueriesPerMin", timedelta(minutes=1), 60),
    Window("QueriesPer10Sec", timedelta(seconds=10), 12),
)


def spend(world: World, since: date, last: date) -> dict[str, str]:
    """Takes the units of a query and answers its headers; 429 when there are too few left."""
    with world.store.transaction():
        now = world.now()
        units = max(1, math.ceil(((last - since).days + 1) / _DAYS_A_UNIT))
        recent = world.history(_KIND, TENANT_ID, now - _WINDOWS[0].span)
        left = {window: window.units - _used(window, recent, now) for window in _WINDOWS}
        waits = [
            _wait_s(window, recent, now, units)
            for window in _WINDOWS
            if left[window] < min(units, window.units)
        ]
        if waits:
            raise _refusal(max(waits), left)
        world.record(_KIND, TENANT_ID, {"units": units})
    return _headers(units, {window: had - units for window, had in left.items()})


def _used(window: Window, recent: Iterable[Event], now: datetime) -> int:
    return sum(event.body["units"] for event in recent if event.time > now - window.span)


def _wait_s(window: Window, recent: list[Event], now: datetime, units: int) -> int:
    """Whole seconds until enough has left the window."""
    inside = [event for event in recent if event.time > now - window.span]
    used = _used(window, inside, now)
    for event in inside:
        used -= event.body["units"]
        if used + min(units, window.units) <= window.units:
            return max(1, math.ceil((event.time + window.span - now).total_seconds()))
    return math.ceil(window.span.total_seconds())


def _refusal(wait_s: int, left: dict[Window, int]) -> ArmError:
    headers = {**_headers(0, left), f"{_PREFIX}retry-after": str(wait_s)}
    return ArmError(429, "429", "Too many requests. Please retry.", headers=headers)


def _headers(units: int, left: dict[Window, int]) -> dict[str, str]:
    shown = ",".join(f"{window.word}:{max(0, had)}" for window, had in left.items())
    return {f"{_PREFIX}consumed": str(units), f"{_PREFIX}remaining": shown}
