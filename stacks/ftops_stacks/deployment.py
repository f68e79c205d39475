"""The base-model deployments of an account, one after the other."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import cognitiveservices

from ftops.declared.account import Account
from ftops.declared.deployment import Deployment
from ftops.environment import Environment


def deployment_properties(deployment: Deployment) -> dict[str, Any]:
    """What the deployment's `properties` say; the upgrade option is always stated."""
    return {
        "model": cognitiveservices.DeploymentModelArgs(
            format=deployment.model_format, name=deployment.model, version=deployment.version
        ),
        "version_upgrade_option": deployment.version_upgrade_option,
    }


def base_deployments(
    account: Account, environment: Environment, parent: cognitiveservices.Account
) -> list[cognitiveservices.Deployment]:
    """Each waits for the one before: Azure answers 409 to two changes of one account."""
    made: list[cognitiveservices.Deployment] = []
    for deployment in account.deployments:
        made.append(
            cognitiveservices.Deployment(
                f"{account.name}/{deployment.name}",
                deployment_name=deployment.name,
                account_name=account.name,
                resource_group_name=environment.resource_group,
                sku=cognitiveservices.SkuArgs(name=deployment.sku, capacity=deployment.capacity),
                properties=cognitiveservices.DeploymentPropertiesArgs(
                    **deployment_properties(deployment)
                ),
                tags=dict(environment.tags),
                opts=pulumi.ResourceOptions(parent=parent, depends_on=made[-1:] or [parent]),
            )
        )
    return made
