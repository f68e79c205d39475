"""Whether the names are free: accounts that were deleted hold theirs, endpoints are the world's."""

from __future__ import annotations

from collections.abc import Iterator

from ftops.declared.account import Account
from ftops.environment import Environment
from ftops.estate import Unreadable
from ftops.preflight.change import account_id
from ftops.preflight.check import Check, blocked, ok, unverified
from ftops.preflight.surroundings import Surroundings


def name_checks(environment: Environment, around: Surroundings) -> Iterator[Check]:
    """One line per account that is not there yet."""
    for account in environment.accounts:
        place = str(account.place)
        if isinstance(around.accounts, Unreadable):
            yield unverified("name", account.name, around.accounts.reason, place=place)
        elif any(each.key.endswith(account_id(account, environment)) for each in around.accounts):
            yield ok("name", account.name, "it is there already", place)
        else:
            yield _deleted(account, environment, around)
            yield from _domain(account, around)


def _deleted(account: Account, environment: Environment, around: Surroundings) -> Check:
    place = str(account.place)
    if isinstance(around.deleted, Unreadable):
        reason = f"whether it was deleted lately is not known: {around.deleted.reason}"
        return unverified("name", account.name, reason, place=place)
    for ghost in around.deleted:
        if ghost.id.casefold().endswith(account_id(account, environment)):
            hint = f"ftops up {environment.name} --restore-deleted, or --purge-deleted"
            return blocked("name", account.name, ghost.sentence, hint, place)
    return ok("name", account.name, "the name is free", place)


def _domain(account: Account, around: Surroundings) -> Iterator[Check]:
    free, place = around.domains.get(account.name), str(account.place)
    if free is None or isinstance(free, Unreadable):
        why = free.reason if isinstance(free, Unreadable) else "Azure was not asked"
        yield unverified("endpoint", account.name, why, place=place)
    elif free:
        yield ok("endpoint", account.name, "the sub-domain is free", place)
    else:
        hint = "state another customSubDomainName in the stack file"
        yield blocked("endpoint", account.name, "the sub-domain is taken", hint, place)
