"""The whole preflight of an environment, from what is declared and what Azure told; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ftops.environment import Environment
from ftops.preflight.bill import Bill, bill, bill_checks
from ftops.preflight.change import Change, changes
from ftops.preflight.check import Check, ok, unverified
from ftops.preflight.lifecycle import lifecycle_checks
from ftops.preflight.limit import limit_checks
from ftops.preflight.name import name_checks
from ftops.preflight.pool import pool_checks
from ftops.preflight.region import region_checks
from ftops.preflight.right import right_checks
from ftops.preflight.surroundings import Surroundings
from ftops.price import PriceBook
from ftops_catalog.catalog import Catalog

CATALOG_AGE_MAX = timedelta(days=30)


@dataclass(frozen=True)
class Preflight:
    """Every line, what would change, and what it costs."""

    checks: tuple[Check, ...]
    changes: tuple[Change, ...]
    bill: Bill

    @property
    def blocked(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state == "blocked")

    @property
    def unverified(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.state == "UNVERIFIED")


def judge(
    environment: Environment, around: Surroundings, book: PriceBook, now: datetime
) -> Preflight:
    """Every question is asked of every deployment; nobody's silence is a yes."""
    found = tuple(changes(environment, around))
    priced = bill(found, book)
    checks = (
        *_checks(environment, found, around, book.catalog, now),
        *bill_checks(priced),
    )
    return Preflight(checks, found, priced)


def _checks(
    environment: Environment,
    found: tuple[Change, ...],
    around: Surroundings,
    catalog: Catalog,
    now: datetime,
) -> Iterator[Check]:
    for change in found:
        yield from region_checks(change, around, catalog)
    for change in found:
        yield from lifecycle_checks(change, around, catalog, now.date())
    yield from pool_checks(found, around, catalog)
    yield from limit_checks(environment, found, around, catalog)
    yield from name_checks(environment, around)
    yield from right_checks(environment, around)
    yield _age(catalog, now)


def _age(catalog: Catalog, now: datetime) -> Check:
    days = (now.date() - catalog.collected).days
    said = f"collected on {catalog.collected}, {days} {'day' if days == 1 else 'days'} ago"
    if days > CATALOG_AGE_MAX.days:
        return unverified("catalog", "ftops", said, "install a newer ftops")
    return ok("catalog", "ftops", said)
