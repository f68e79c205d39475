"""The resource group that holds everything of one environment."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import resources

from ftops.environment import Environment
from ftops_stacks.ground import safeguards


def resource_group(environment: Environment) -> resources.ResourceGroup:
    """One group, in the environment's own region; kept, since all the rest goes with it."""
    return resources.ResourceGroup(
        environment.resource_group,
        resource_group_name=environment.resource_group,
        location=environment.location,
        tags=dict(environment.tags),
        opts=pulumi.ResourceOptions(**safeguards(environment, kept=True)),
    )
