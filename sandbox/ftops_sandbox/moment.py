"""Moments as text: what Azure's clients send, and what Azure answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"(?P<sign>[+-]?)(?P<count>\d+(?:\.\d+)?)(?P<unit>[smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with six digits and a Z; such texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_moment(text: str) -> datetime:
    """An aware UTC moment; T or a space, any number of digits, zone optional (then UTC).

    Raises ValueError for anything else. Clients differ: Cloud Custodian sends a space and no zone.
    """
    moment = datetime.fromisoformat(text.strip())
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text} lies outside the calendar") from error


def parse_start(text: str, wall: datetime) -> datetime:
    """`-30d` (before `wall`) or an ISO time; ValueError for anything else."""
    match = _AGO.fullmatch(text.strip())
    if not match:
        return parse_moment(text)
    span = timedelta(**{_UNITS[match["unit"]]: float(match["count"])})
    return wall - span if match["sign"] == "-" else wall + span
