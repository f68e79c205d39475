"""Who gets which role where: an environment's role assignments, one for each account or group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ftops.duty import DUTIES, WATCHER, Duty
from ftops.place import Place

if TYPE_CHECKING:
    from ftops.declared.identity import RoleAssignment
    from ftops.environment import Environment


@dataclass(frozen=True)
class Assignment:
    """One role of one principal at one scope.

    `role` is a duty or a built-in role's name; `identity` names one of the environment's, whose
    principal is not known before it is made. `account` is empty where the duty's own scope is
    meant: the group or the subscription.
    """

    role: str
    account: str
    identity: str
    principal_id: str
    principal_type: str
    place: Place = field(compare=False)

    @property
    def duty(self) -> Duty | None:
        return WATCHER if self.role == WATCHER.name else DUTIES.get(self.role)

    @property
    def of_subscription(self) -> bool:
        return self.duty is WATCHER

    @property
    def holder(self) -> str:
        return self.identity or self.principal_id

    def title(self, resource_group: str) -> str:
        """What the program calls it, unique within an environment."""
        return f"{self.account or resource_group}/{self.role}/{self.holder}".casefold()


def assignments(environment: Environment) -> tuple[Assignment, ...]:
    """Every role assignment of an environment, in the stack file's order, none of them twice."""
    every = (
        each for declared in environment.role_assignments for each in _spread(declared, environment)
    )
    by_title = {each.title(environment.resource_group): each for each in every}
    return tuple(by_title.values())


def custom_duties(environment: Environment) -> tuple[Duty, ...]:
    """The duties that somebody has and that no built-in role is narrow enough for."""
    held = [each.duty for each in assignments(environment)]
    every = (*DUTIES.values(), WATCHER)
    return tuple(duty for duty in every if duty in held and not duty.builtin)


def _spread(declared: RoleAssignment, environment: Environment) -> Iterator[Assignment]:
    for account in _accounts(declared, environment):
        yield _assignment(declared, declared.role, account)
    duty = DUTIES.get(declared.role)
    if duty and duty.watches:
        yield _assignment(declared, WATCHER.name, "")


def _accounts(declared: RoleAssignment, environment: Environment) -> Iterator[str]:
    if declared.account:
        for account in environment.accounts_called(declared.account):
            yield account.name
        return
    duty = DUTIES.get(declared.role)
    if duty and duty.scope == "group":
        yield ""
        return
    for account in environment.accounts:
        yield account.name


def _assignment(declared: RoleAssignment, role: str, account: str) -> Assignment:
    return Assignment(
        role=role,
        account=account,
        identity=declared.identity or "",
        principal_id=declared.principal_id or "",
        principal_type="ServicePrincipal" if declared.identity else declared.principal_type,
        place=declared.place,
    )
