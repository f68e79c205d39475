"""Limits that Azure sets on accounts and deployments, counted with what is there already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ftops.environment import Environment
from ftops.estate import Unreadable
from ftops.preflight.change import Change, account_id
from ftops.preflight.check import Check, blocked, ok, unverified
from ftops.preflight.surroundings import Surroundings
from ftops_catalog.catalog import Catalog

BASE, TUNED = "standard_deployments_per_resource", "tuned_deployments_per_resource"
ACCOUNTS = "resources_per_region_per_subscription"


def limit_checks(
    environment: Environment, changes: Iterable[Change], around: Surroundings, catalog: Catalog
) -> Iterator[Check]:
    """Deployments per account, base and tuned; accounts per region and kind."""
    every = list(changes)
    for account in environment.accounts:
        own = [change for change in every if change.account.name == account.name]
        for tuned, limit in ((False, BASE), (True, TUNED)):
            wanted = {c.deployment.name.casefold() for c in own if c.deployment.tuned is tuned}
            if wanted:
                there = _deployments(account_id(account, environment), around, tuned=tuned)
                count = catalog.limit(limit).count
                what = "tuned deployments" if tuned else "deployments of base models"
                yield _judge(account.name, what, wanted, there, count, str(account.place))
    yield from _accounts(environment, around, catalog)


def _judge(
    subject: str,
    what: str,
    wanted: set[str],
    there: set[str] | Unreadable,
    limit: int,
    place: str,
) -> Check:
    if isinstance(there, Unreadable):
        reason = f"{len(wanted)} of {limit} {what} declared; what is there is not known"
        over = len(wanted) > limit
        hint = "spread them over more accounts"
        return (
            blocked("limits", subject, reason, hint, place)
            if over
            else unverified("limits", subject, reason, place=place)
        )
    total = len(wanted | there)
    reason = f"{total} of {limit} {what}"
    if total > limit:
        return blocked("limits", subject, reason, "spread them over more accounts", place)
    return ok("limits", subject, reason, place)


def _deployments(key: str, around: Surroundings, *, tuned: bool) -> set[str] | Unreadable:
    if isinstance(around.accounts, Unreadable):
        return around.accounts
    found = next((each for each in around.deployments if each.endswith(key)), None)
    there = around.deployments.get(found, ()) if found else ()
    if isinstance(there, Unreadable):
        return there
    return {each.name.casefold() for each in there if each.tuned is tuned}


def _accounts(environment: Environment, around: Surroundings, catalog: Catalog) -> Iterator[Check]:
    limit = catalog.limit(ACCOUNTS).count
    wanted = Counter((each.location, each.kind) for each in environment.accounts)
    for (region, kind), count in sorted(wanted.items()):
        subject = f"{region} {kind}"
        if isinstance(around.accounts, Unreadable):
            reason = f"{count} declared of {limit} accounts; what is there is not known"
            yield unverified("limits", subject, reason)
            continue
        names = {
            account_id(each, environment)
            for each in environment.accounts
            if (each.location, each.kind) == (region, kind)
        }
        others = [
            each
            for each in around.accounts
            if each.region == region
            and each.kind.casefold() == kind.casefold()
            and not any(each.key.endswith(name) for name in names)
        ]
        total = count + len(others)
        reason = f"{total} of {limit} accounts of this kind"
        hint = "delete and purge accounts that nobody needs, or take another region"
        full = total > limit
        yield blocked("limits", subject, reason, hint) if full else ok("limits", subject, reason)
