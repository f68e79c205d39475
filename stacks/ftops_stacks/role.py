"""Roles: custom ones where no built-in one is narrow enough, and who has which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from uuid import NAMESPACE_URL, uuid5

import pulumi
from pulumi_azure_native import authorization, cognitiveservices

from ftops.assignment import Assignment, assignments, custom_duties
from ftops.declared.account import salt
from ftops.duty import Duty
from ftops_catalog.catalog import read_catalog
from ftops_stacks.ground import ACCOUNT, IDENTITY, Ground, linked
from ftops_stacks.identity import Identities

# As text: looking into one of the SDK's modules imports all of it.
Accounts: TypeAlias = "Mapping[str, cognitiveservices.Account]"


def guid(*parts: str) -> str:
    """The same GUID for the same parts on every machine, whatever their letter case."""
    return str(uuid5(NAMESPACE_URL, "|".join(parts).casefold()))


def role_guid(duty: Duty, group_id: str) -> str:
    """The GUID of an environment's own role for a duty."""
    return guid(group_id, "role", duty.name)


def assign_roles(ground: Ground, identities: Identities, accounts: Accounts) -> None:
    """Every role assignment of the environment, after the roles that it needs."""
    roles = {duty.name: _definition(duty, ground) for duty in custom_duties(ground.environment)}
    for each in assignments(ground.environment):
        _assign(each, ground, identities, accounts, roles.get(each.role))


def _definition(duty: Duty, ground: Ground) -> authorization.RoleDefinition:
    """A role that can be given where the duty holds, and nowhere else; its name is unique."""
    environment = ground.environment
    scope = ground.subscription if duty.scope == "subscription" else ground.group_id
    stem = f"{environment.workload}-{environment.name} {duty.name}"
    return authorization.RoleDefinition(
        f"{duty.name} role",
        role_definition_id=ground.group_id.apply(lambda group: role_guid(duty, group)),
        scope=scope,
        role_name=ground.subscription_id.apply(lambda id_: f"{stem} {salt(id_)}"),
        role_type="CustomRole",
        description=f"{duty.does[:1].upper()}{duty.does[1:]}.",
        assignable_scopes=[scope],
        permissions=[
            authorization.PermissionArgs(
                actions=list(duty.actions),
                not_actions=[],
                data_actions=list(duty.data_actions),
                not_data_actions=[],
            )
        ],
        opts=ground.options(),
    )


def _assign(
    each: Assignment,
    ground: Ground,
    identities: Identities,
    accounts: Accounts,
    role: authorization.RoleDefinition | None,
) -> None:
    identity = identities[each.identity] if each.identity else None
    account = accounts[each.account] if each.account else None
    scope = _scope(each, ground, account)
    definition = _role_id(each, ground, role)
    # An identity's principal is known only when it is there, its own id before.
    holder = ground.id(IDENTITY, each.identity) if identity else linked(each.principal_id)
    made_of = (scope, holder, definition)
    after: list[pulumi.Resource] = [one for one in (identity, account, role) if one]
    authorization.RoleAssignment(
        each.title(ground.environment.resource_group),
        role_assignment_name=pulumi.Output.all(*made_of).apply(lambda parts: guid(*parts)),
        scope=scope,
        principal_id=identity.principal_id if identity else each.principal_id,
        principal_type=each.principal_type,
        role_definition_id=definition,
        opts=ground.options(account, after),
    )


def _scope(
    each: Assignment, ground: Ground, account: cognitiveservices.Account | None
) -> pulumi.Output[str]:
    if account:
        return ground.id(ACCOUNT, each.account, account)
    return ground.subscription if each.of_subscription else ground.group_id


def _role_id(
    each: Assignment, ground: Ground, role: authorization.RoleDefinition | None
) -> pulumi.Output[str]:
    duty = each.duty
    if duty and role:
        own = ground.group_id.apply(lambda group: role_guid(duty, group))
        both = pulumi.Output.all(ground.role_id("", role), own)
        return both.apply(lambda parts: f"{parts[0]}{parts[1]}")
    wanted = duty.builtin if duty else each.role
    found = next(row for row in read_catalog().roles if row.name == wanted)
    return ground.role_id(found.id)
