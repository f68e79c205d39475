"""Everything of one environment, put together; the only place that knows all the parts."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import authorization

from ftops.environment import Environment
from ftops_stacks.account import OpenAIAccount
from ftops_stacks.resource_group import resource_group


def provision(environment: Environment) -> dict[str, Any]:
    """Makes the environment's resources; what it gives back are the stack's outputs.

    `resourceGroup` is a name; `accounts` maps each account's name to its id, location, endpoint
    and the names of its deployments.
    """
    group = resource_group(environment)
    subscription_id = pulumi.Output.from_input(authorization.get_client_config_output()).apply(
        lambda client: str(client.subscription_id)
    )
    accounts = [
        OpenAIAccount(account, environment, group, subscription_id)
        for account in environment.accounts
    ]
    return {
        "resourceGroup": group.name,
        "accounts": {
            declared.name: {
                "id": made.account.id,
                "location": declared.location,
                "endpoint": made.endpoint,
                "deployments": [deployment.name for deployment in made.deployments],
            }
            for declared, made in zip(environment.accounts, accounts, strict=True)
        },
    }
