"""Whether whoever runs this may: the actions that are needed, and those that are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ftops.assignment import custom_duties
from ftops.environment import Environment
from ftops.estate import Unreadable
from ftops.preflight.check import Check, blocked, ok, unverified
from ftops.preflight.surroundings import Permission, Surroundings

COGNITIVE = "Microsoft.CognitiveServices"
ALWAYS = (
    "Microsoft.Resources/subscriptions/resourceGroups/write",
    f"{COGNITIVE}/accounts/write",
    f"{COGNITIVE}/accounts/deployments/write",
)


def right_checks(environment: Environment, around: Surroundings) -> Iterator[Check]:
    """One line per action: given, missing, or not told."""
    for action in needed(environment):
        yield _judge(action, around.permissions)


def needed(environment: Environment) -> list[str]:
    """The actions without which `up` would stop half way."""
    accounts, network = environment.accounts, environment.network
    own_network = bool(network and not network.subnet_id)
    inside = any(each.private_endpoint for each in accounts)
    logs = environment.diagnostics
    conditional = {
        f"{COGNITIVE}/accounts/raiPolicies/write": any(each.rai_policies for each in accounts),
        f"{COGNITIVE}/accounts/raiBlocklists/write": any(each.rai_blocklists for each in accounts),
        f"{COGNITIVE}/accounts/projects/write": any(each.projects for each in accounts),
        "Microsoft.Network/virtualNetworks/write": own_network,
        "Microsoft.Network/privateDnsZones/write": bool(network) and inside,
        "Microsoft.Network/privateEndpoints/write": inside,
        "Microsoft.ManagedIdentity/userAssignedIdentities/write": bool(environment.identities),
        "Microsoft.Authorization/roleAssignments/write": bool(environment.role_assignments),
        "Microsoft.Authorization/roleDefinitions/write": bool(custom_duties(environment)),
        "Microsoft.Insights/diagnosticSettings/write": bool(logs),
        "Microsoft.OperationalInsights/workspaces/write": bool(logs and not logs.workspace_id),
        "Microsoft.Insights/actionGroups/write": bool(environment.action_group),
        "Microsoft.Consumption/budgets/write": bool(environment.budget),
    }
    return [*ALWAYS, *(action for action, wanted in conditional.items() if wanted)]


def gives(permissions: Iterable[Permission], action: str) -> bool:
    """Whether any assignment gives an action that it does not take again."""
    return any(
        _any(permission.actions, action) and not _any(permission.not_actions, action)
        for permission in permissions
    )


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE)
        for pattern in patterns
    )


def _judge(action: str, permissions: tuple[Permission, ...] | Unreadable) -> Check:
    if isinstance(permissions, Unreadable):
        return unverified("permission", action, permissions.reason)
    if not permissions:
        return unverified("permission", action, "Azure told of no permission at all")
    if gives(permissions, action):
        return ok("permission", action, "given")
    hint = "ask for a role that has it: Contributor, or a narrower one"
    return blocked("permission", action, "no role of yours gives it", hint)
