"""The deployments of an account, base models and tuned ones, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_azure_native import cognitiveservices

from ftops.declared.deployment import TUNED_VERSION, Deployment
from ftops_stacks.ground import ACCOUNT, Ground
from ftops_stacks.home import Home

Accounts = Mapping[str, cognitiveservices.Account]


def deployment_properties(deployment: Deployment) -> dict[str, Any]:
    """What the deployment's `properties` say but for the model; the upgrade is always stated."""
    said = {
        "version_upgrade_option": deployment.version_upgrade_option,
        "rai_policy_name": deployment.rai_policy_name,
        "spillover_deployment_name": deployment.spillover_deployment_name,
    }
    return {name: value for name, value in said.items() if value}


def model_properties(deployment: Deployment) -> dict[str, str]:
    """Which model is served, but for where a tuned one comes from."""
    return {
        "format": deployment.model_format,
        "name": deployment.model,
        "version": TUNED_VERSION if deployment.tuned else deployment.version,
    }


def deployment_tags(deployment: Deployment) -> dict[str, str]:
    """The deployment's own tags, and those that say why a tuned model may serve others."""
    ready = deployment.readiness.tags() if deployment.readiness else {}
    return {**deployment.tags, **ready}


def deployments(home: Home, accounts: Accounts) -> list[cognitiveservices.Deployment]:
    """Each waits for the one before: Azure answers 409 to two changes of one account."""
    return [_deployment(each, home, accounts) for each in in_order(home.declared.deployments)]


def in_order(declared: tuple[Deployment, ...]) -> list[Deployment]:
    """As declared, but that what another one spills over to comes before it."""
    by_name = {each.name.casefold(): each for each in declared}
    ordered: dict[str, Deployment] = {}

    def take(each: Deployment, seen: frozenset[str]) -> None:
        key = each.name.casefold()
        spill = by_name.get((each.spillover_deployment_name or "").casefold())
        if spill and spill.name.casefold() not in seen:
            take(spill, seen | {key})
        ordered.setdefault(key, each)

    for each in declared:
        take(each, frozenset({each.name.casefold()}))
    return list(ordered.values())


def source_of(
    deployment: Deployment, ground: Ground, accounts: Accounts
) -> pulumi.Input[str] | None:
    """The id of the account where the model was tuned; an account of this file by its name.

    Only the account is waited for, not what is in it: two accounts may serve each other's models.
    """
    source = deployment.source
    if source is None or source.startswith("/"):
        return source
    name = ground.environment.accounts_called(source)[0].name
    return ground.id(ACCOUNT, name, accounts[name])


def _deployment(
    deployment: Deployment, home: Home, accounts: Accounts
) -> cognitiveservices.Deployment:
    model = cognitiveservices.DeploymentModelArgs(
        **model_properties(deployment),
        source=source_of(deployment, home.ground, accounts),
        source_account=deployment.source_account,
    )
    properties = cognitiveservices.DeploymentPropertiesArgs(
        model=model, **deployment_properties(deployment)
    )
    return home.put(
        lambda address, options: cognitiveservices.Deployment(
            home.title(deployment.name),
            deployment_name=deployment.name,
            sku=cognitiveservices.SkuArgs(name=deployment.sku, capacity=deployment.capacity),
            properties=properties,
            tags={**home.tags, **deployment_tags(deployment)},
            opts=options,
            **address,
        ),
        kept=True,
    )
