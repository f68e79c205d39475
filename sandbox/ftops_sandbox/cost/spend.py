"""What was spent in a window, from the one history: the query's rows and a budget's figure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ftops_sandbox.cost.bill import ACCOUNT_KINDS, Row, bill
from ftops_sandbox.cost.filter import parse_filter
from ftops_sandbox.cost.ready import first_missing, start_of
from ftops_sandbox.cost.training import read_trainings
from ftops_sandbox.cost.use import KINDS, TRAINING
from ftops_sandbox.prices.meter import price_list
from ftops_sandbox.store import Event
from ftops_sandbox.world import World

# How many months a budget's window has; Azure spells each in two ways.
_GRAIN_MONTHS = {
    "monthly": 1,
    "quarterly": 3,
    "annually": 12,
    "billingmonth": 1,
    "billingquarter": 3,
    "billingannual": 12,
}
_CENT = Decimal("0.01")


def read_bill(world: World, scope: str, since: date, last: date) -> list[Row]:
    """The bill of a scope (an id, in any letter case), as far as it has appeared by now."""
    day = timedelta(days=1)
    end = min(last, first_missing(world.now()) - day) + day
    rows = bill(read_events(world), price_list(), start_of(since), start_of(end))
    inside = scope.casefold().rstrip("/") + "/"
    return [row for row in rows if f"{row.account}/".startswith(inside)]


def read_events(world: World) -> list[Event]:
    """All that a bill is made from."""
    kinds = [kind for kind in (*KINDS, *ACCOUNT_KINDS) if kind != TRAINING]
    stored = [event for kind in kinds for event in world.history(kind)]
    return stored + read_trainings(world)


def current_spend(
    world: World, scope: str, grain: str = "Monthly", condition: Any = None
) -> dict[str, Any]:
    """A budget's `currentSpend` for its scope, `timeGrain` and `filter`; both in any letter case.

    ValueError for a filter that cannot be read.
    """
    today = world.now().date()
    months = _GRAIN_MONTHS.get(grain.casefold(), 1)
    first = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    test = parse_filter(condition) if condition else lambda _row: True
    total = sum((row.cost for row in read_bill(world, scope, first, today) if test(row)), Decimal())
    return {"amount": float(total.quantize(_CENT)), "unit": "USD"}
