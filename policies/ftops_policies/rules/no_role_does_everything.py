"""Whether anybody is given more than a duty needs."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import Resource
from ftops_policies.role import ASSIGNMENT, PRIVILEGED, role_guid
from ftops_policies.rule import rule


@rule(
    "no-role-does-everything",
    severity="block",
    applies_to=ASSIGNMENT,
    remedy="Assign a duty (`caller`, `trainer`, `deployer`, `sweeper`, `reader`) or a narrow role.",
    references=(
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/security/benchmark/azure/mcsb-privileged-access",
        "https://learn.microsoft.com/azure/well-architected/security/identity-access",
    ),
)
def no_role_does_everything(
    assignment: Resource, *, roles_allowed: tuple[str, ...] = ()
) -> Iterator[str]:
    """Nobody is made Owner, Contributor, or an administrator of roles.

    Each of them deploys anything and reads every file, or makes themselves who does. What a
    machine of this environment does has a role of its own, and what people do once a year is
    better asked for when it comes. `roles_allowed` names exceptions, by name or GUID.
    """
    guid = role_guid(assignment)
    name = PRIVILEGED.get(guid)
    allowed = {each.casefold() for each in roles_allowed}
    if name and not allowed & {guid, name.casefold()}:
        yield f"The role {name} is assigned, which does far more than any duty here."
