"""What the SDKs of Cognitive Services and Monitor ask beside accounts and their deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from tests.conftest import Sandbox

PLAN: Any = {
    "location": "westus",
    "kind": "SpeechServices",
    "sku": {"name": "S0"},
    "properties": {"hostingModel": "Web", "planType": "STT", "current": {"tier": "T1"}},
}


@pytest.mark.proves(
    "PUT commitmentPlans",
    "PATCH commitmentPlans",
    "GET commitmentPlans",
    "GET commitmentPlans (list)",
    "DELETE commitmentPlans",
    "PUT commitmentPlans/accountAssociations",
    "GET commitmentPlans/accountAssociations (list)",
    "DELETE commitmentPlans/accountAssociations",
    client="azure-mgmt-cognitiveservices",
    differs="kept, and counted by nobody",
)
def test_a_plan_is_shared_by_accounts_of_the_subscription(
    cognitive: CognitiveServicesManagementClient, group: str, account: str
) -> None:
    plans, name = cognitive.commitment_plans, group.rpartition("/")[2]
    made = plans.begin_create_or_update_plan(name, "shared", PLAN).result()
    link: Any = {"properties": {"accountId": account}}
    plans.begin_create_or_update_association(name, "shared", "one", link).result()
    tagged: Any = {"tags": {"a": "b"}}
    plans.begin_update_plan(name, "shared", tagged).result()

    assert made.properties
    assert made.properties.current
    assert made.properties.current.tier == "T1"
    assert plans.get_plan(name, "shared").tags == {"a": "b"}
    assert [one.account_id for one in plans.list_associations(name, "shared")] == [account]
    assert "shared" in [one.name for one in plans.list_plans_by_resource_group(name)]
    assert made.id in [one.id for one in plans.list_plans_by_subscription()]
    plans.begin_delete_association(name, "shared", "one").result()
    assert not list(plans.list_associations(name, "shared"))
    plans.begin_delete_plan(name, "shared").result()
    assert not list(plans.list_plans_by_resource_group(name))


@pytest.mark.proves(
    "PUT commitmentPlans/accountAssociations",
    client="httpx",
    differs="assumed: that an id of something else is refused, and in which words",
)
@pytest.mark.parametrize("wrong", [None, 3, "", "acct", "/subscriptions/x/resourceGroups/y"])
def test_an_association_names_an_account(arm: httpx.Client, group: str, wrong: Any) -> None:
    plan = f"{group}/providers/Microsoft.CognitiveServices/commitmentPlans/p"
    assert arm.put(plan, json=PLAN).status_code == 201

    answer = arm.put(f"{plan}/accountAssociations/a", json={"properties": {"accountId": wrong}})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "InvalidResourceProperties"


@pytest.mark.proves(
    "GET operations",
    client="azure-mgmt-cognitiveservices",
    differs="only the operations of the types that the sandbox has",
)
def test_operations_are_those_that_permissions_are_made_of(
    cognitive: CognitiveServicesManagementClient,
) -> None:
    names = [str(one.name) for one in cognitive.operations.list()]

    family = "Microsoft.CognitiveServices/accounts"
    assert {
        f"{family}/read",
        f"{family}/listKeys/action",
        f"{family}/deployments/write",
        f"{family}/deployments/delete",
        f"{family}/deployments/pause/action",
        "Microsoft.CognitiveServices/commitmentPlans/read",
    } <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.proves("GET locations/raiContentFilters", client="azure-mgmt-cognitiveservices")
def test_the_indirect_attack_filter_is_one_of_them(
    cognitive: CognitiveServicesManagementClient,
) -> None:
    one = cognitive.rai_content_filters.get("eastus2", "IndirectAttack")

    assert one.properties
    assert (one.properties.source, one.properties.is_multi_level_filter) == ("Prompt", False)
    assert one.name in [each.name for each in cognitive.rai_content_filters.list("eastus2")]


@pytest.mark.proves(
    "GET metrics",
    client="azure-mgmt-monitor",
    differs="assumed: that a query without a metric's name is about the first of the account's",
)
def test_metadata_tells_which_series_there_are(
    shell_env: Sandbox, arm: httpx.Client, account: str
) -> None:
    from azure.identity import DefaultAzureCredential
    from azure.mgmt.monitor import MonitorManagementClient

    body = {
        "sku": {"name": "GlobalStandard", "capacity": 1},
        "properties": {
            "model": {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        },
    }
    path = f"{account}/deployments/seen"
    assert arm.put(path, json=body).is_success
    shell_env.advance(hours=2)
    shell_env.ask("POST", "traffic", {"deployment": path, "rate": "60/h", "since": "1h"})
    shell_env.advance(minutes=4)
    with (
        DefaultAzureCredential() as credential,
        MonitorManagementClient(credential, shell_env.env["AZURE_SUBSCRIPTION_ID"]) as client,
    ):
        answer = client.metrics.list(
            account, filter="ModelDeploymentName eq '*'", result_type="Metadata", timespan="PT3H"
        )

    (metric,) = answer.value
    (series,) = metric.timeseries or []
    assert metric.name.value == "AzureOpenAIRequests"
    assert [one.value for one in series.metadatavalues or []] == ["seen"]
    assert not series.data
