"""The account that data-plane commands speak to: named, or the only one there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftops.azure.estate import read_accounts
from ftops.azure.session import Session
from ftops.estate import Account, Scope
from ftops_catalog.errors import BadUsage, NotReady

if TYPE_CHECKING:
    from openai import OpenAI

TRIES_MAX = 6
"""The SDK waits as a 429 tells; on the data plane a busy minute can take several rounds."""


def find_account(session: Session, name: str | None) -> Account:
    """The account of a name; without one, the only account of the subscription.

    Raises BadUsage for a name that no account has and where there are several to choose from,
    NotReady where there is none at all.
    """
    accounts = read_accounts(session, Scope())
    if not accounts:
        raise NotReady("this subscription has no Azure OpenAI account", "ftops up dev")
    named = ", ".join(account.name for account in accounts)
    if name:
        found = [account for account in accounts if account.name.casefold() == name.casefold()]
        if not found:
            raise BadUsage(f"there is no Azure OpenAI account {name}", f"there is: {named}")
    else:
        found = list(accounts)
    if len(found) > 1:
        hint = "say which one: --account NAME, or export FTOPS_ACCOUNT"
        raise BadUsage(f"this subscription has several accounts: {named}", hint)
    return found[0]


def open_data_plane(session: Session, account: Account) -> OpenAI:
    """The account's data plane; raises NotReady where ARM tells no endpoint."""
    if not account.endpoint:
        raise NotReady(f"{account.name} has no endpoint yet", "wait until it is provisioned")
    return session.openai(account.endpoint).with_options(max_retries=TRIES_MAX)
