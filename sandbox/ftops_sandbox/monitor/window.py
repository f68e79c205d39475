"""The window of a query: its ends, and the grain that it is cut into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from ftops_sandbox.moment import parse_moment

FULL = "FULL"
GRAINS = {
    "PT1M": timedelta(minutes=1),
    "PT5M": timedelta(minutes=5),
    "PT15M": timedelta(minutes=15),
    "PT30M": timedelta(minutes=30),
    "PT1H": timedelta(hours=1),
    "PT6H": timedelta(hours=6),
    "PT12H": timedelta(hours=12),
    "P1D": timedelta(days=1),
}
POINTS_MAX = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(
    r"P(?:(?P<weeks>[\d.]+)W)?(?:(?P<days>[\d.]+)D)?"
    r"(?:T(?:(?P<hours>[\d.]+)H)?(?:(?P<minutes>[\d.]+)M)?(?:(?P<seconds>[\d.]+)S)?)?",
    re.IGNORECASE,
)
# A `+` that a client did not encode arrives as a space.
_LOST_PLUS = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)$")


@dataclass(frozen=True)
class Window:
    """`start` <= moment < `end`, in points of one grain; FULL is one point for all of it."""

    start: datetime
    end: datetime
    interval: str

    def points(self) -> list[datetime]:
        """When each point begins; whole grains, as Azure cuts them, whatever the start."""
        if self.interval == FULL:
            return [self.start]
        grain = GRAINS[self.interval]
        first = self.start - (self.start - _EPOCH) % grain
        count = -(-(self.end - first) // grain)
        return [first + grain * place for place in range(count)]

    def place(self, moment: datetime) -> datetime:
        """The beginning of the point that a moment falls into."""
        if self.interval == FULL:
            return self.start
        return moment - (moment - _EPOCH) % GRAINS[self.interval]


def parse_duration(text: str) -> timedelta:
    """An ISO 8601 duration, fractions and all; ValueError for anything else."""
    match = _DURATION.fullmatch(text.strip())
    parts = {unit: float(n) for unit, n in match.groupdict().items() if n} if match else {}
    if not parts:
        raise ValueError(f"'{text}' is not an ISO 8601 duration.")
    return timedelta(**parts)


def parse_timespan(text: str, now: datetime) -> tuple[datetime, datetime]:
    """`start/end`, `start/duration`, `duration/end` or a duration that ends now.

    Decoded once more than HTTP asks: the Azure CLI encodes twice.
    """
    decoded = text
    while "%" in decoded and unquote(decoded) != decoded:
        decoded = unquote(decoded)
    first, slash, last = decoded.partition("/")
    if not slash:
        return now - parse_duration(first), now
    if first.strip().upper().startswith("P"):
        end = _moment(last)
        return end - parse_duration(first), end
    start = _moment(first)
    if last.strip().upper().startswith("P"):
        return start, start + parse_duration(last)
    return start, _moment(last)


def _moment(text: str) -> datetime:
    return parse_moment(_LOST_PLUS.sub(r"\1+\2", text.strip()))


def parse_interval(text: str, start: datetime, end: datetime, *, adjust: bool) -> str:
    """A grain's proper name; ValueError for one that Azure does not have, unless `adjust`."""
    name = text.strip().upper()
    if name == FULL:
        return FULL
    wanted = parse_duration(name)
    fits = [known for known, grain in GRAINS.items() if grain == wanted]
    if not fits and adjust:
        fits = [known for known, grain in GRAINS.items() if grain > wanted][:1] or ["P1D"]
    if not fits:
        raise ValueError(
            f"Invalid time grain '{text}'. Supported ones are {','.join(GRAINS)},{FULL}."
        )
    if (end - start) / GRAINS[fits[0]] > POINTS_MAX:
        raise ValueError(
            f"The query would answer more than {POINTS_MAX} points; use a longer grain."
        )
    return fits[0]
