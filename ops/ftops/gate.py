"""The gate before a deployment: what the rules say of it beside what its environment has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ftops.estate import Account, Deployment, Estate
from ftops_policies import Finding, Resource, Settings, gate
from ftops_policies.resource import ACCOUNT, DEPLOYMENT


def account_resource(account: Account) -> Resource:
    """An account as rules see it, as far as the estate tells of it."""
    body = {"location": account.region, "kind": account.kind, "tags": dict(account.tags)}
    return Resource(ACCOUNT, account.name, body, id=account.id)


def deployment_resource(deployment: Deployment) -> Resource:
    return Resource(
        DEPLOYMENT,
        deployment.name,
        deployment.body,
        id=deployment.id,
        parent=account_resource(deployment.account),
    )


def wanted_resource(account: Account, name: str, body: Mapping[str, Any]) -> Resource:
    """A deployment that does not exist yet, from ARM's JSON of it."""
    return Resource(DEPLOYMENT, name, body, parent=account_resource(account))


def judge_deployment(
    wanted: Resource, beside: Estate, environment: str, settings: Settings, now: datetime
) -> list[Finding]:
    """What the rules say of a deployment that is about to be made.

    `beside` is what exists; of it the deployments of the same environment count, since its
    budget is theirs together.
    """
    existing = [
        deployment_resource(each)
        for each in beside.deployments
        if (each.environment or "").casefold() == environment.casefold()
    ]
    return gate(wanted, environment, settings, now, existing)
