"""The rest of Microsoft.CognitiveServices, through azure-mgmt-cognitiveservices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.azure.target import Target
    from tests.conftest import Sandbox

Maker = Callable[..., str]
Json = dict[str, Any]
Sdk = Any  # azure-mgmt-cognitiveservices: every field of its models may be None
PLACE = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.CognitiveServices"
POLICY: Json = {
    "properties": {
        "basePolicyName": "Microsoft.DefaultV2",
        "mode": "Asynchronous_filter",
        "contentFilters": [
            {"name": "Hate", "blocking": True, "enabled": True, "source": "Prompt"},
        ],
    }
}


def _parts(account_id: str) -> tuple[str, str]:
    parts = account_id.split("/")
    return parts[4], parts[-1]


@pytest.mark.proves(
    "PUT accounts/raiPolicies",
    "GET accounts/raiPolicies (list)",
    "DELETE accounts/raiPolicies",
    client="azure-mgmt-cognitiveservices",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_content_policy_is_made_listed_and_deleted(cognitive: Sdk, account: str) -> None:
    where = _parts(account)

    made = cognitive.rai_policies.create_or_update(*where, "strict", POLICY)
    listed = [one.name for one in cognitive.rai_policies.list(*where)]
    cognitive.rai_policies.begin_delete(*where, "strict").result()

    assert (made.properties.type, made.properties.mode) == ("UserManaged", "Asynchronous_filter")
    assert listed == ["strict"]
    assert list(cognitive.rai_policies.list(*where)) == []


@pytest.mark.on_azure(cost_max_usd="0")
def test_a_policy_of_microsofts_name_is_refused(arm: httpx.Client, account: str) -> None:
    answer = arm.put(f"{account}/raiPolicies/Microsoft.Default", json=POLICY)

    assert (answer.status_code, answer.json()["error"]["code"]) == (
        400,
        "InvalidResourceProperties",
    )


@pytest.mark.proves(
    "PUT accounts/raiBlocklists",
    "POST accounts/raiBlocklists/addRaiBlocklistItems",
    "POST accounts/raiBlocklists/deleteRaiBlocklistItems",
    "GET accounts/raiBlocklists/raiBlocklistItems (list)",
    client="azure-mgmt-cognitiveservices",
    differs="no prompt is checked against them",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_blocklist_items_are_added_and_taken_many_at_once(cognitive: Sdk, account: str) -> None:
    where = (*_parts(account), "words")
    cognitive.rai_blocklists.create_or_update(*where, {"properties": {"description": "d"}})
    items: Any = [{"name": f"i{n}", "properties": {"pattern": f"w{n}"}} for n in range(3)]

    cognitive.rai_blocklist_items.batch_add(*where, items)
    cognitive.rai_blocklist_items.batch_delete(*where, ["i1", "absent"])

    left = {one.name: one.properties.pattern for one in cognitive.rai_blocklist_items.list(*where)}
    assert left == {"i0": "w0", "i2": "w2"}


@pytest.mark.parametrize("items", [[1], [{"name": "a"}], [{"name": "a/b", "properties": {}}]])
def test_blocklist_items_without_sense_are_refused(
    arm: httpx.Client, account: str, items: list[Any]
) -> None:
    arm.put(f"{account}/raiBlocklists/words", json={"properties": {}})

    answer = arm.post(f"{account}/raiBlocklists/words/addRaiBlocklistItems", json=items)

    assert answer.status_code == 400
    assert arm.get(f"{account}/raiBlocklists/words/raiBlocklistItems").json()["value"] == []


@pytest.mark.proves(
    "GET locations/raiContentFilters (list)",
    "GET locations/raiContentFilters",
    "GET locations/commitmentTiers",
    client="azure-mgmt-cognitiveservices",
    differs="no commitments are sold",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_content_filters_of_a_region_are_listed_and_shown(
    cognitive: Sdk,
) -> None:
    listed = {one.name: one.properties for one in cognitive.rai_content_filters.list("eastus2")}
    one = cognitive.rai_content_filters.get("eastus2", "Jailbreak")

    assert {"Hate", "Sexual", "Violence", "Selfharm", "ProtectedMaterialText"} <= listed.keys()
    assert (one.properties.source, one.properties.is_multi_level_filter) == ("Prompt", False)
    assert list(cognitive.commitment_tiers.list("eastus2")) == []


def test_capacity_shrinks_by_what_is_deployed(
    alone: Sandbox, make_alone_account: Callable[[httpx.Client], str]
) -> None:
    query = {"modelFormat": "OpenAI", "modelName": "gpt-4.1-mini", "modelVersion": "2025-04-14"}

    def free(arm: httpx.Client) -> float:
        found = arm.get(f"{PLACE}/locations/swedencentral/modelCapacities", params=query).json()
        by_sku = {one["name"]: one["properties"] for one in found["value"]}
        assert by_sku["GlobalStandard"]["availableFinetuneCapacity"] > 0
        return float(by_sku["GlobalStandard"]["availableCapacity"])

    with alone.arm() as arm:
        account = make_alone_account(arm)
        before = free(arm)
        model = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        body = {"sku": {"name": "GlobalStandard", "capacity": 7}, "properties": {"model": model}}
        assert arm.put(f"{account}/deployments/seven", json=body).status_code == 201
        assert free(arm) == before - 7


@pytest.mark.proves(
    "GET modelCapacities", "GET locations/modelCapacities", client="azure-mgmt-cognitiveservices"
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_capacities_of_a_model_span_its_regions(
    cognitive: Sdk,
) -> None:
    found = list(cognitive.model_capacities.list("OpenAI", "gpt-4.1-mini", "2025-04-14"))
    here = list(
        cognitive.location_based_model_capacities.list(
            "eastus2", "OpenAI", "gpt-4.1-mini", "2025-04-14"
        )
    )

    assert len({one.location for one in found}) > 1
    assert {one.location for one in here} == {"eastus2"}
    assert list(cognitive.model_capacities.list("OpenAI", "nothing", "1")) == []


@pytest.mark.proves(
    "POST calculateModelCapacity",
    client="azure-mgmt-cognitiveservices",
    differs="the estimate is the sandbox's own",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_workload_needs_more_units_the_more_it_asks(
    cognitive: Sdk,
) -> None:
    def units(requests: int) -> int:
        load: Any = {
            "requestPerMinute": requests,
            "requestParameters": {"avgPromptTokens": 1000, "avgGeneratedTokens": 500},
        }
        model: Any = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        answer = cognitive.calculate_model_capacity(
            model, sku_name="ProvisionedManaged", workloads=[load]
        )
        assert answer.estimated_capacity.deployable_value >= answer.estimated_capacity.value
        return int(answer.estimated_capacity.value)

    assert units(1) < units(100) < units(10_000)


@pytest.mark.proves("POST locations/checkSkuAvailability", client="azure-mgmt-cognitiveservices")
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_sku_is_asked_for_before_it_is_bought(
    cognitive: Sdk,
) -> None:
    accounts = "Microsoft.CognitiveServices/accounts"

    found = cognitive.check_sku_availability("eastus2", ["S0", "F9"], "OpenAI", accounts)

    assert [(one.sku_name, one.sku_available) for one in found.value] == [
        ("S0", True),
        ("F9", False),
    ]


@pytest.mark.proves("POST checkDomainAvailability", client="azure-mgmt-cognitiveservices")
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_subdomain_is_free_until_an_account_has_it(
    cognitive: Sdk, make_account: Maker, unique: Callable[[str], str]
) -> None:
    name = unique("domain")
    asked = (name, "Microsoft.CognitiveServices/accounts")

    before = cognitive.check_domain_availability(*asked)
    make_account(name)
    after = cognitive.check_domain_availability(*asked)

    assert (before.is_subdomain_available, after.is_subdomain_available) == (True, False)


@pytest.mark.proves(
    "PUT accounts/projects",
    "GET accounts/projects (list)",
    "DELETE accounts/projects",
    client="azure-mgmt-cognitiveservices",
    differs="the words of the refusal are assumed",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_projects_live_in_foundry_accounts_alone(
    cognitive: Sdk, make_account: Maker, target: Target
) -> None:
    from azure.core.exceptions import HttpResponseError

    foundry = make_account(kind="AIServices", allowProjectManagement=True)
    body: Any = {
        "location": target.location,
        "identity": {"type": "SystemAssigned"},
        "properties": {"displayName": "One"},
    }

    made = cognitive.projects.begin_create(*_parts(foundry), "one", body).result()
    second = cognitive.projects.begin_create(*_parts(foundry), "two", body).result()

    assert (made.properties.is_default, second.properties.is_default) == (True, False)
    assert made.identity.principal_id != second.identity.principal_id
    assert made.properties.endpoints["OpenAI Language Model Instance API"].startswith("https://")
    cognitive.projects.begin_delete(*_parts(foundry), "two").result()
    assert [one.name for one in cognitive.projects.list(*_parts(foundry))] == ["one"]
    with pytest.raises(HttpResponseError, match="allowProjectManagement"):
        cognitive.projects.begin_create(*_parts(make_account()), "no", body).result()


@pytest.mark.proves("PUT accounts/connections", "GET accounts/connections", client="httpx")
def test_a_connections_secret_is_never_shown(arm: httpx.Client, account: str) -> None:
    properties = {"authType": "ApiKey", "category": "x", "credentials": {"key": "hidden"}}

    arm.put(f"{account}/connections/c", json={"properties": properties})

    assert "hidden" not in arm.get(f"{account}/connections/c").text


@pytest.mark.proves(
    "PUT accounts/defenderForAISettings",
    "GET accounts/defenderForAISettings",
    "GET accounts/privateLinkResources",
    client="azure-mgmt-cognitiveservices",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_hub_of_settings_is_there(cognitive: Sdk, account: str) -> None:
    where = _parts(account)
    cognitive.defender_for_ai_settings.create_or_update(
        *where,
        "Default",
        {"properties": {"state": "Enabled"}},
    )

    shown = cognitive.defender_for_ai_settings.get(*where, "Default")
    links = cognitive.private_link_resources.list(*where).value

    assert shown.state == "Enabled"
    assert [one.properties.group_id for one in links] == ["account"]


@pytest.fixture
def make_alone_account(
    unique: Callable[[str], str], alone: Sandbox
) -> Callable[[httpx.Client], str]:
    """Makes a settled account in the module's own sandbox and answers its id."""

    def make(arm: httpx.Client) -> str:
        group = f"{PLACE.partition('/providers')[0]}/resourceGroups/{unique('rg')}"
        arm.put(group, json={"location": "swedencentral"})
        account = f"{group}/providers/Microsoft.CognitiveServices/accounts/{unique('a')}"
        body = {"location": "swedencentral", "kind": "OpenAI", "sku": {"name": "S0"}}
        assert arm.put(account, json=body).status_code == 201
        alone.advance(seconds=2)
        return account

    return make
