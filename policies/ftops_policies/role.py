"""Roles as assignments and definitions write them: GUIDs, actions, and how far they reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ftops_policies.neighbour import places
from ftops_policies.resource import NotKnownError, Resource

ASSIGNMENT: Final = "Microsoft.Authorization/roleAssignments"
DEFINITION: Final = "Microsoft.Authorization/roleDefinitions"

PRIVILEGED: Final = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}
"""Built-in roles that make everything, or let their holder make themselves anything."""


def role_guid(assignment: Resource) -> str:
    """The GUID of the role that is assigned; raises NotKnownError where nobody says."""
    role = assignment.text("properties.roleDefinitionId")
    if role is None:
        raise NotKnownError("properties.roleDefinitionId")
    return role.rstrip("/").rpartition("/")[2].casefold()


def actions_of(definition: Resource, kind: str) -> Iterator[str]:
    """Every action of a role's permissions; `kind` is `actions` or `dataActions`."""
    for permission in places(definition, "properties.permissions"):
        for place in places(definition, f"{permission}.{kind}"):
            action = definition.text(place)
            if action:
                yield action


def only_reads(definition: Resource) -> bool:
    """Whether a role reads what exists, and changes nothing and sees no data."""
    actions = [*actions_of(definition, "actions")]
    reads = all(each.casefold().endswith("/read") for each in actions)
    return reads and not any(actions_of(definition, "dataActions"))
