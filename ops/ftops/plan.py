"""Plans: what a teardown would do, as data that can be printed, saved and reviewed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from ftops.verdict import Verdict
from ftops_catalog.errors import Blocked

DELETE = "delete"
HOURS_A_DAY = 24

DeletionsMax = Callable[[str | None], int]
"""How many deployments of an environment one teardown may delete."""


@dataclass(frozen=True)
class Item:
    """One deployment to delete, with the verdict that says why."""

    verdict: Verdict
    action: str = DELETE

    @property
    def deployment(self) -> str:
        return self.verdict.deployment.name

    @property
    def account(self) -> str:
        return self.verdict.deployment.account.name


@dataclass(frozen=True)
class Plan:
    """The deletions, in the order of their verdicts; `refusal` is why it must not be applied."""

    items: tuple[Item, ...] = ()
    refusal: str = ""

    @property
    def saved_usd_per_day(self) -> Decimal | None:
        """What the deletions save at list price; None where one price is not known."""
        prices = [item.verdict.hosting_usd_per_hour for item in self.items]
        known = [price for price in prices if price is not None]
        return sum(known, Decimal(0)) * HOURS_A_DAY if len(known) == len(prices) else None


def plan(verdicts: Iterable[Verdict], deletions_max: DeletionsMax) -> Plan:
    """The deletions that the verdicts ask for; only `idle` and `expired` ask for one."""
    items = tuple(Item(verdict) for verdict in verdicts if verdict.deletes)
    counts = Counter(item.verdict.deployment.environment for item in items)
    beyond = [
        f"{count} in {name or 'no environment'} (at most {deletions_max(name)})"
        for name, count in sorted(counts.items(), key=lambda pair: pair[0] or "")
        if count > deletions_max(name)
    ]
    return Plan(items, f"the plan deletes {', '.join(beyond)}" if beyond else "")


def require_bounded(wanted: Plan) -> None:
    """Raises Blocked, before anything is touched, where the plan is beyond its limit."""
    if wanted.refusal:
        raise Blocked(
            wanted.refusal,
            "narrow it with --account or --environment,"
            " or raise teardown_deletions_max in policies/settings.yaml",
        )
