"""Lateness: a day's charges are there some hours after it has ended, and not before."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, time, timedelta

_HOURS_MIN, _HOURS_MAX = 8, 24
_DAY = timedelta(days=1)


def appears(day: date) -> datetime:
    """When a day's charges appear: 8 to 24 hours after its end, the same for ever."""
    hours = _HOURS_MIN + zlib.crc32(day.isoformat().encode()) % (_HOURS_MAX - _HOURS_MIN + 1)
    return start_of(day + _DAY) + timedelta(hours=hours)


def first_missing(now: datetime) -> date:
    """The first day whose charges are not there yet; those of all days before it are."""
    day = now.date() - 2 * _DAY
    while appears(day) <= now:
        day += _DAY
    return day


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
