"""What would change: each declared deployment beside the one that is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ftops.declared.account import Account
from ftops.declared.deployment import Deployment
from ftops.environment import Environment
from ftops.estate import Deployment as Existing
from ftops.estate import Unreadable
from ftops.preflight.surroundings import Surroundings

Action = Literal["create", "change", "keep", "unknown"]


@dataclass(frozen=True)
class Change:
    """A declared deployment and what is there under its name; None where nothing is.

    `action` is unknown where Azure did not show what is there.
    """

    account: Account
    deployment: Deployment
    existing: Existing | None
    action: Action

    @property
    def subject(self) -> str:
        return f"{self.account.name}/{self.deployment.name}"

    @property
    def place(self) -> str:
        return str(self.deployment.place)

    @property
    def more(self) -> int:
        """Units of quota that it takes beyond what it holds already."""
        held = self.existing
        same = held is not None and _pool_key(held) == _declared_key(self.deployment)
        return self.deployment.capacity - ((held.capacity or 0) if held and same else 0)


def changes(environment: Environment, around: Surroundings) -> Iterator[Change]:
    """One for each declared deployment, in the order of the stack file."""
    for account in environment.accounts:
        there = _existing(account, environment, around)
        for deployment in account.deployments:
            if isinstance(there, Unreadable):
                yield Change(account, deployment, None, "unknown")
                continue
            found = there.get(deployment.name.casefold())
            yield Change(account, deployment, found, _action(deployment, found))


def account_id(account: Account, environment: Environment) -> str:
    """The end of an account's ARM id, by which it is known in any subscription."""
    group, name = environment.resource_group.casefold(), account.name.casefold()
    return f"/resourcegroups/{group}/providers/microsoft.cognitiveservices/accounts/{name}"


def _existing(
    account: Account, environment: Environment, around: Surroundings
) -> dict[str, Existing] | Unreadable:
    if isinstance(around.accounts, Unreadable):
        return around.accounts
    found = next(
        (key for key in around.deployments if key.endswith(account_id(account, environment))), None
    )
    there = around.deployments.get(found, ()) if found else ()
    if isinstance(there, Unreadable):
        return there
    return {each.name.casefold(): each for each in there}


def _action(declared: Deployment, found: Existing | None) -> Action:
    if found is None:
        return "create"
    same = (
        found.model.casefold() == declared.model.casefold()
        and found.sku.casefold() == declared.sku.casefold()
        and found.capacity == declared.capacity
        and (declared.tuned or found.version == declared.version)
    )
    return "keep" if same else "change"


def _pool_key(found: Existing) -> tuple[str, str, bool]:
    return found.model.casefold(), found.sku.casefold(), found.tuned


def _declared_key(declared: Deployment) -> tuple[str, str, bool]:
    return declared.model.casefold(), declared.sku.casefold(), declared.tuned
