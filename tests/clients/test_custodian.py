"""Cloud Custodian's policies: it finds, measures and deletes in the sandbox as in Azure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Custodian = Callable[..., list[dict[str, Any]]]

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("custodian")]
NEVER = {"type": "metric", "metric": "ModelRequests", "op": "lt", "aggregation": "total",
         "threshold": 1, "timeframe": 24, "no_data_action": "to_zero"}  # fmt: skip


@pytest.mark.proves("GET accounts (list)", client="c7n-azure")
def test_a_policy_lists_accounts(custodian: Custodian, estate: Sandbox) -> None:
    assert estate

    assert {"busy", "quiet"} <= {one["name"] for one in custodian("azure.cognitiveservice")}


@pytest.mark.proves("GET metrics", client="c7n-azure")
def test_a_policy_finds_the_account_without_a_call(custodian: Custodian, estate: Sandbox) -> None:
    assert estate

    idle = custodian("azure.cognitiveservice", NEVER)

    assert [one["name"] for one in idle] == ["quiet"]


@pytest.mark.proves("GET accounts/deployments (list)", client="c7n-azure")
@pytest.mark.proves("DELETE accounts/deployments", client="c7n-azure")
def test_a_policy_deletes_the_deployment_without_a_call(
    custodian: Custodian, estate: Sandbox
) -> None:
    dimension = {"name": "ModelDeploymentName", "value": "resource-name"}
    busy = {"type": "value", "key": "c7n:parent-id", "op": "regex", "value": ".*/busy$"}
    measured = {**NEVER, "dimensions": [dimension]}
    kind = "azure.cognitiveservice-deployment"

    found = custodian(kind, busy, measured, actions=[{"type": "delete"}])

    assert [one["name"] for one in found] == ["idle"]
    with estate.arm() as arm:
        account = found[0]["id"].partition("/deployments/")[0]
        left = [one["name"] for one in arm.get(f"{account}/deployments").json()["value"]]
        body = {key: found[0][key] for key in ("sku", "properties")}
        assert arm.put(found[0]["id"], json=body).is_success
    assert left == ["called"]


@pytest.mark.proves("POST CostManagement/query", client="c7n-azure")
def test_a_policy_finds_the_account_that_costs(custodian: Custodian, estate: Sandbox) -> None:
    assert estate
    cost = {"type": "cost", "timeframe": 7}

    some = custodian("azure.cognitiveservice", {**cost, "op": "gt", "value": 0})
    much = custodian("azure.cognitiveservice", {**cost, "op": "gt", "value": 1000})

    assert ([one["name"] for one in some], much) == (["busy"], [])


@pytest.mark.proves("POST ResourceGraph/resources", client="c7n-azure")
def test_a_policy_finds_accounts_by_the_resource_graph(
    custodian: Custodian, estate: Sandbox
) -> None:
    assert estate

    found = custodian("azure.cognitiveservice", source="resource-graph")

    assert {"busy", "quiet"} <= {one["name"] for one in found}
