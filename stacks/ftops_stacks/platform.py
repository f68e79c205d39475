"""Everything of one environment, put together; the only place that knows all the parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ftops.environment import Environment
from ftops_stacks.account import OpenAIAccount
from ftops_stacks.ground import Ground
from ftops_stacks.identity import Identities, identities
from ftops_stacks.monitoring import action_group, budget, diagnostics, workspace
from ftops_stacks.network import Site, private_endpoint, site
from ftops_stacks.resource_group import resource_group
from ftops_stacks.role import assign_roles


def provision(environment: Environment) -> dict[str, Any]:
    """Makes the environment's resources; what it gives back are the stack's outputs.

    `resourceGroup` is a name; `accounts` maps each account's name to its id, location, endpoint
    and the names of its deployments. `identities`, `workspaceId` and `network` are there where
    the environment has them.
    """
    ground = _ground(environment)
    made = identities(ground)
    accounts = {each.name: OpenAIAccount(each, ground, made) for each in environment.accounts}
    bare = {name: each.account for name, each in accounts.items()}
    for each in accounts.values():
        each.fill(bare)
    assign_roles(ground, made, bare)
    place = site(ground)
    logs = workspace(ground)
    for each in accounts.values():
        if place and each.home.declared.private_endpoint:
            private_endpoint(each.home, place)
        if logs and environment.diagnostics:
            diagnostics(each.home, environment.diagnostics, logs)
    budget(ground, action_group(ground))
    return {
        "resourceGroup": ground.group.name,
        "accounts": {name: _shown(each) for name, each in accounts.items()},
        **_beside(made, place, logs),
    }


def _ground(environment: Environment) -> Ground:
    # By its token: the SDK's module of this one function takes a tenth of a second to import.
    client = pulumi.runtime.invoke_output("azure-native:authorization:getClientConfig", {})
    subscription_id = client.apply(lambda found: str(found["subscriptionId"]))
    return Ground(environment, resource_group(environment), subscription_id)


def _shown(each: OpenAIAccount) -> dict[str, Any]:
    return {
        "id": each.account.id,
        "location": each.home.declared.location,
        "endpoint": each.endpoint,
        "deployments": [deployment.name for deployment in each.deployments],
    }


def _beside(
    made: Identities, place: Site | None, logs: pulumi.Output[str] | None
) -> Mapping[str, Any]:
    """The outputs that only some environments have."""
    found: dict[str, Any] = {}
    if made:
        found["identities"] = {
            name: {"principalId": each.principal_id, "clientId": each.client_id}
            for name, each in made.items()
        }
    if logs:
        found["workspaceId"] = logs
    if place:
        found["network"] = {"id": place.network_id, "subnetId": place.subnet_id}
    return found
