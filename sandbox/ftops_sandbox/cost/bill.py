"""The bill: what was used, priced, one row for each day, account and meter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from ftops_sandbox.cost.tariff import Meter, Tariff, price, units
from ftops_sandbox.cost.use import measure
from ftops_sandbox.store import Event

# What says which tags an account had.
ACCOUNT_KINDS = ("account.created", "account.restored", "account.updated")


@dataclass(frozen=True)
class Row:
    """One line of the bill; `count` is in tokens or microseconds, and never rounded."""

    day: date
    account: str
    meter: Meter
    count: int
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def quantity(self) -> Decimal:
        """In the meter's own unit."""
        return Decimal(self.count) / units(self.meter)

    @property
    def cost(self) -> Decimal:
        """US dollars before tax."""
        return self.quantity * price(self.meter)

    @property
    def group(self) -> str:
        """The account's resource group."""
        return self.account.split("/")[4]


def bill(
    events: Sequence[Event], meters: Iterable[Meter], since: datetime, until: datetime
) -> list[Row]:
    """Every charge from `since` to before `until`, by day, account and meter.

    `events` are all from the beginning: what exists now was made then. Tags are those that the
    account had when the day ended. What no meter counts is not on the bill.
    """
    tariff = Tariff(meters)
    counts: dict[tuple[date, str, str], int] = {}
    known: dict[str, Meter] = {}
    for use in measure((e for e in events if e.kind not in ACCOUNT_KINDS), since, until):
        meter = tariff.find(use.key) if use.key else None
        if meter is None or not use.count:
            continue
        known[str(meter["meterId"])] = meter
        place = (use.day, use.account, str(meter["meterId"]))
        counts[place] = counts.get(place, 0) + use.count
    tags = _Tags(events)
    return [
        Row(day, account, known[meter], count, tags.at_end_of(day, account))
        for (day, account, meter), count in sorted(counts.items())
    ]


class _Tags:
    """Which tags an account had when."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._said: dict[str, list[tuple[datetime, Mapping[str, str]]]] = {}
        for event in sorted(events, key=lambda event: (event.time, event.seq)):
            if event.kind in ACCOUNT_KINDS:
                said = self._said.setdefault(event.subject, [])
                said.append((event.time, event.body.get("tags") or {}))

    def at_end_of(self, day: date, account: str) -> Mapping[str, str]:
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        said = [tags for moment, tags in self._said.get(account, []) if moment < end]
        return said[-1] if said else {}
