"""Every published request of Cognitive Services that the parity table claims, sent as published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.conftest import Sandbox
from tests.sandbox import parity, spec

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
REGION = "swedencentral"
FOLDERS = ("cognitiveservices/2025-06-01/examples", "cognitiveservices/2025-06-01/examples-derived")
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
ACCOUNT = {
    "location": REGION,
    "kind": "AIServices",
    "sku": {"name": "S0"},
    "identity": {"type": "SystemAssigned"},
}
PROPERTIES = {"allowProjectManagement": True}
ADAPTED: dict[str, dict[str, Any]] = {
    "CreateAccount": {"location": REGION, "kind": "OpenAI"},
    "CreateAccountMin": {"location": REGION, "kind": "OpenAI"},
    "UpdateAccount": {"location": REGION, "sku": {"name": "S0"}},
    "PutDeployment": {"properties": {"model": MODEL}},
    "CreateProject": {"location": REGION},
    "CreateProjectMin": {"location": REGION},
    "UpdateProjects": {"location": REGION},
    "CheckSkuAvailability": {"kind": "OpenAI"},
    "CalculateModelCapacity": {"model": MODEL},
}
"""What of a body names a thing that this sandbox, or this test's account, has not."""
FIRST = {
    "/deployments/{deploymentName}": "PutDeployment",
    "/projects/{projectName}": "CreateProjectMin",
    "/raiPolicies/{raiPolicyName}": "PutRaiPolicy",
    "{accountName}/commitmentPlans/{commitmentPlanName}": "PutCommitmentPlan",
    "CognitiveServices/commitmentPlans/{commitmentPlanName}": "CreateSharedCommitmentPlan",
    "/{commitmentPlanAssociationName}": "CreateSharedCommitmentPlanAssociation",
    "/{privateEndpointConnectionName}": "PutPrivateEndpointConnection",
}
"""The example that makes what another one, by its path, reads, changes, deletes or lies in."""

pytestmark = pytest.mark.skipif(not spec.SPECS.exists(), reason=spec.ABSENT)


def _examples() -> Iterator[spec.Example]:
    for folder in FOLDERS:
        for path in sorted((spec.SPECS / folder).rglob("*.json")):
            name = str(path.relative_to(spec.SPECS / folder).with_suffix(""))
            yield spec.example(folder, spec.SWAGGER, name)


EXAMPLES = {one.name: one for one in _examples()}
CLAIMED = {proof.operation for proof in parity.declared()}
SENT = sorted(name for name, one in EXAMPLES.items() if one.operation in CLAIMED)


@pytest.fixture(scope="module")
def arm(alone: Sandbox) -> Iterator[httpx.Client]:
    """Resource Manager of this module's sandbox; each request brings its own api-version."""
    with alone.arm(None) as client:
        yield client


def _adapted(one: spec.Example, names: dict[str, str]) -> spec.Example:
    model = {f"model{key.capitalize()}": value for key, value in MODEL.items()}
    body = {**one.body, **ADAPTED.get(one.name, {})} if one.body else one.body
    return replace(one.named(**names, **model), body=body)


def _send(arm: httpx.Client, one: spec.Example) -> httpx.Response:
    return arm.request(one.method, one.url, params=one.query, json=one.body)


def _prepare(arm: httpx.Client, alone: Sandbox, one: spec.Example, names: dict[str, str]) -> None:
    """Makes what the request presupposes: its group, its account, the thing it asks for."""
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{names['resourceGroupName']}"
    account = f"{group}/providers/Microsoft.CognitiveServices/accounts/{names['accountName']}"
    version = {"api-version": "2025-06-01"}
    alone.ask("POST", "reset")
    arm.put(group, params=version, json={"location": REGION})
    if one.operation == "PUT accounts":
        return
    if "accountName" in one.given:
        properties = {**PROPERTIES, "customSubDomainName": names["accountName"]}
        made = arm.put(account, params=version, json={**ACCOUNT, "properties": properties})
        assert made.is_success, made.text
        alone.advance(seconds=5)
    for place, maker in FIRST.items():
        if place in one.path and not (one.method == "PUT" and one.path.endswith(place)):
            given = {key: one.given[key] for key in one.given if key.endswith("Name")}
            first = _send(arm, _adapted(EXAMPLES[maker], {**given, **names}))
            assert first.is_success, first.text
            alone.advance(seconds=5)
    if one.operation.endswith("deletedAccounts"):
        assert arm.delete(account, params=version).is_success


@pytest.mark.proves(
    "DELETE accounts",
    "GET accounts",
    "PATCH accounts",
    "PUT accounts",
    "GET accounts (list)",
    "DELETE accounts/deployments",
    "GET accounts/deployments",
    "PATCH accounts/deployments",
    "PUT accounts/deployments",
    "GET accounts/deployments (list)",
    "GET accounts/deployments/skus",
    "DELETE accounts/commitmentPlans",
    "GET accounts/commitmentPlans",
    "PUT accounts/commitmentPlans",
    "GET accounts/commitmentPlans (list)",
    "PUT accounts/connections",
    "POST accounts/listKeys",
    "GET accounts/models",
    "DELETE accounts/privateEndpointConnections",
    "GET accounts/privateEndpointConnections",
    "PUT accounts/privateEndpointConnections",
    "GET accounts/privateEndpointConnections (list)",
    "GET accounts/privateLinkResources",
    "DELETE accounts/projects",
    "GET accounts/projects",
    "PATCH accounts/projects",
    "PUT accounts/projects",
    "GET accounts/projects (list)",
    "DELETE accounts/raiPolicies",
    "GET accounts/raiPolicies",
    "PUT accounts/raiPolicies",
    "GET accounts/raiPolicies (list)",
    "POST accounts/regenerateKey",
    "GET accounts/skus",
    "GET accounts/usages",
    "POST calculateModelCapacity",
    "POST checkDomainAvailability",
    "DELETE deletedAccounts",
    "GET deletedAccounts",
    "GET deletedAccounts (list)",
    "POST locations/checkSkuAvailability",
    "GET locations/commitmentTiers",
    "GET locations/modelCapacities",
    "GET locations/models",
    "GET locations/raiContentFilters",
    "GET locations/raiContentFilters (list)",
    "GET locations/usages",
    "GET modelCapacities",
    "GET skus",
    "DELETE commitmentPlans",
    "GET commitmentPlans",
    "PATCH commitmentPlans",
    "PUT commitmentPlans",
    "GET commitmentPlans (list)",
    "DELETE commitmentPlans/accountAssociations",
    "GET commitmentPlans/accountAssociations",
    "PUT commitmentPlans/accountAssociations",
    "GET commitmentPlans/accountAssociations (list)",
    client="published example",
)
@pytest.mark.proves(
    "GET operations",
    client="published example",
    differs="only the operations of the types that the sandbox has",
)
@pytest.mark.parametrize("name", SENT)
def test_a_published_request_is_answered_as_published(
    name: str, arm: httpx.Client, alone: Sandbox, unique: Callable[[str], str]
) -> None:
    names = {
        "subscriptionId": SUBSCRIPTION,
        "resourceGroupName": unique("rg"),
        "accountName": unique("acct"),
        "location": REGION,
        "privateEndpointConnectionName": "pec",
    }
    one = _adapted(EXAMPLES[name], names)
    _prepare(arm, alone, one, names)

    answer = _send(arm, one)

    body = answer.json() if answer.content else None
    assert not spec.problems(one, answer.status_code, body)
    for each in [body, *(body or {}).get("value", [])]:
        assert not spec.resource_problems(each or {})
