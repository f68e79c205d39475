"""The resource group that holds everything of one environment."""

from __future__ import annotations

from pulumi_azure_native import resources

from ftops.environment import Environment


def resource_group(environment: Environment) -> resources.ResourceGroup:
    """One group, in the environment's own region."""
    return resources.ResourceGroup(
        environment.resource_group,
        resource_group_name=environment.resource_group,
        location=environment.location,
        tags=dict(environment.tags),
    )
