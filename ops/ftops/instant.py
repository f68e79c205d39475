"""Instants and spans as Azure and people write them; every instant carries its zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ftops_catalog.errors import BadUsage
from ftops_policies.duration import parse_duration

HOUR = timedelta(hours=1)


def parse_instant(text: object) -> datetime | None:
    """An RFC 3339 instant in UTC; None for anything else, a time without a zone included."""
    if not isinstance(text, str) or "T" not in text.upper():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def parse_since(text: str, now: datetime, option: str = "--since") -> datetime:
    """`7d` counts back from `now`; an RFC 3339 instant stands for itself.

    Raises BadUsage for anything else, and for an instant that lies before the year 2000 or
    after `now`.
    """
    span = parse_duration(text)
    try:
        moment = now - span if span is not None else parse_instant(text)
    except OverflowError:
        moment = None
    if moment is None or not datetime(2000, 1, 1, tzinfo=UTC) <= moment <= now:
        raise BadUsage(
            f"{option} {text!r} is neither a span such as 7d nor an instant before now",
            f"{option} 7d, {option} 24h or {option} 2026-11-01T00:00:00Z",
        )
    return moment


def parse_span(text: str, option: str) -> timedelta:
    """A span such as `24h`; raises BadUsage for anything else, a zero included."""
    span = parse_duration(text)
    if not span:
        raise BadUsage(f"{option} {text!r} is not a span of time", f"{option} 24h, {option} 14d")
    return span


def hour_of(moment: datetime) -> datetime:
    """The start of the UTC hour that holds the instant."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hours_in(span: timedelta) -> Decimal:
    """A span in hours, to a tenth, rounded down: a deployment is never made older than it is."""
    tenths = span // timedelta(minutes=6)
    return Decimal(tenths).scaleb(-1)


def said(span: timedelta) -> str:
    """A span as a person says it: `45 min`, `31 h`, `9.5 days`."""
    if span < HOUR:
        return f"{max(0, span // timedelta(minutes=1))} min"
    if span < timedelta(days=3):
        return f"{span // HOUR} h"
    days = Decimal(span // timedelta(hours=2, minutes=24)).scaleb(-1)
    return f"{days.normalize():f} days"
