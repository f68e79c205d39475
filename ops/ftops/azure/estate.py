"""Reads the estate over Azure Resource Manager: every account, and the deployments of each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from ftops.azure.body import Body, list_bodies
from ftops.azure.session import Session, refusals
from ftops.estate import (
    Account,
    Deployment,
    Estate,
    Scope,
    Unreadable,
    parse_account,
    parse_deployment,
)
from ftops_catalog.errors import BadUsage, CloudRefused, NotReady

KINDS = frozenset({"openai", "aiservices"})
READERS = 8
"""Accounts read at once: ARM allows a client far more, a person waits for fewer seconds."""


def read_accounts(session: Session, scope: Scope) -> tuple[Account, ...]:
    """The accounts of kind OpenAI or AIServices within the scope, sorted by id.

    Raises BadUsage where the scope names an account that does not exist, CloudRefused where
    Azure does not show the list.
    """
    accounts = session.cognitive.accounts
    pages: Callable[..., object] = accounts.list
    if scope.resource_group:
        pages = partial(accounts.list_by_resource_group, scope.resource_group)
    with refusals("listing the accounts"):
        bodies = list_bodies(pages)  # type: ignore[arg-type]  # the SDK's pages are iterables
    found = [parse_account(body) for body in bodies if _is_openai(body)]
    held = tuple(sorted((each for each in found if scope.holds(each)), key=lambda each: each.key))
    if scope.account and not held:
        raise BadUsage(
            f"there is no Azure OpenAI account {scope.account} here",
            "without --account every account is read",
        )
    return held


def read_estate(session: Session, scope: Scope | None = None) -> Estate:
    """Everything within the scope, deployments sorted by id.

    An account whose deployments Azure does not show is in `unreadable`, with Azure's reason.
    """
    scope = scope or Scope()
    accounts = read_accounts(session, scope)
    # The client is made before the threads, which would each make their own.
    assert session.cognitive is not None, "a session has its client"
    with ThreadPoolExecutor(READERS) as pool:
        answers = list(pool.map(partial(read_deployments, session), accounts))
    deployments = [found for answer in answers if isinstance(answer, list) for found in answer]
    return Estate(
        accounts,
        tuple(sorted(filter(scope.holds_deployment, deployments), key=lambda each: each.key)),
        tuple(answer for answer in answers if isinstance(answer, Unreadable)),
    )


def read_deployments(session: Session, account: Account) -> list[Deployment] | Unreadable:
    """The deployments of one account, or why they cannot be read."""
    try:
        with refusals(f"listing the deployments of {account.name}"):
            bodies = list_bodies(
                session.cognitive.deployments.list, account.resource_group, account.name
            )
    except (CloudRefused, NotReady) as error:
        return Unreadable(account.name, error.message)
    return [parse_deployment(body, account) for body in bodies]


def _is_openai(body: Body) -> bool:
    return str(body.get("kind", "")).casefold() in KINDS
