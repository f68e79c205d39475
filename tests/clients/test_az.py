"""The Azure CLI's own commands, each as a person types it, against the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Az = Callable[..., Any]

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("az")]
ACCOUNT = "cognitiveservices account"
HERE = "-g rg-clients"


@pytest.mark.proves("POST token", "GET subscriptions", client="azure-cli")
def test_az_is_signed_in_to_the_subscription(az: Az) -> None:
    shown = az("account show")

    assert (shown["id"][:4], shown["state"], shown["environmentName"]) == (
        "2222",
        "Enabled",
        "AzureCloud",
    )
    assert az("account get-access-token")["tokenType"] == "Bearer"
    assert "swedencentral" in [one["name"] for one in az("account list-locations")]


@pytest.mark.proves("PUT resourceGroups", "DELETE resourceGroups", client="azure-cli")
def test_az_makes_and_deletes_a_group(az: Az) -> None:
    made = az("group create -n rg-by-az -l eastus2 --tags owner=az")
    names = [one["name"] for one in az("group list")]
    az("group delete -n rg-by-az --yes")

    assert made["properties"]["provisioningState"] == "Succeeded"
    assert "rg-by-az" in names
    assert "rg-by-az" not in [one["name"] for one in az("group list")]


@pytest.mark.proves("PUT accounts", "GET accounts", "GET accounts (list)", client="azure-cli")
@pytest.mark.proves("PATCH accounts", "DELETE accounts", client="azure-cli")
@pytest.mark.proves("POST accounts/listKeys", "POST accounts/regenerateKey", client="azure-cli")
@pytest.mark.proves("GET accounts/models", "GET accounts/skus", client="azure-cli")
@pytest.mark.proves("GET deletedAccounts (list)", "DELETE deletedAccounts", client="azure-cli")
def test_az_takes_an_account_through_its_life(az: Az) -> None:
    named = f"{HERE} -n by-az"
    made = az(f"{ACCOUNT} create {named} -l swedencentral --kind OpenAI --sku S0 --yes")
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert "by-az" in [one["name"] for one in az(f"{ACCOUNT} list {HERE}")]
    assert az(f"{ACCOUNT} show {named}")["kind"] == "OpenAI"
    before = az(f"{ACCOUNT} keys list {named}")
    after = az(f"{ACCOUNT} keys regenerate {named} --key-name key1")
    assert (before["key1"] != after["key1"], before["key2"] == after["key2"]) == (True, True)
    assert az(f"{ACCOUNT} update {named} --tags a=1")["tags"] == {"a": "1"}
    assert az(f"{ACCOUNT} list-models {named}")
    assert az(f"{ACCOUNT} list-skus {named}")

    az(f"{ACCOUNT} delete {named}")
    assert "by-az" in [one["name"] for one in az(f"{ACCOUNT} list-deleted")]
    az(f"{ACCOUNT} purge {named} -l swedencentral")

    assert "by-az" not in [one["name"] for one in az(f"{ACCOUNT} list-deleted")]
    assert "ResourceNotFound" in az(f"{ACCOUNT} show {named}", refused=3)


@pytest.mark.proves("PUT accounts/deployments", "GET accounts/deployments", client="azure-cli")
@pytest.mark.proves("GET accounts/deployments (list)", client="azure-cli")
@pytest.mark.proves("DELETE accounts/deployments", client="azure-cli")
def test_az_takes_a_deployment_through_its_life(az: Az, estate: Sandbox) -> None:
    named = f"{HERE} -n quiet --deployment-name by-az"
    model = "--model-name gpt-4.1-mini --model-version 2025-04-14 --model-format OpenAI"
    az(f"{ACCOUNT} deployment create {named} {model} --sku-name Standard --sku-capacity 1")
    estate.advance(seconds=2)

    shown = az(f"{ACCOUNT} deployment show {named}")
    listed = [one["name"] for one in az(f"{ACCOUNT} deployment list {HERE} -n quiet")]
    az(f"{ACCOUNT} deployment delete {named}")

    assert shown["properties"]["provisioningState"] == "Succeeded"
    assert shown["sku"] == {**shown["sku"], "name": "Standard", "capacity": 1}
    assert set(listed) == {"by-az", "called", "idle"}
    assert "by-az" not in [one["name"] for one in az(f"{ACCOUNT} deployment list {HERE} -n quiet")]


@pytest.mark.proves("PUT accounts/deployments", client="azure-cli")
def test_az_shows_the_words_of_a_refusal(az: Az, estate: Sandbox) -> None:
    assert estate
    model = "--model-name gpt-4.1-mini --model-version 2025-04-14 --model-format OpenAI"
    wanted = f"{HERE} -n quiet --deployment-name big {model} --sku-name Standard"

    said = az(f"{ACCOUNT} deployment create {wanted} --sku-capacity 99999", refused=1)

    assert "InsufficientQuota" in said


@pytest.mark.proves("GET locations/usages", "GET locations/models", client="azure-cli")
def test_az_reads_a_regions_quota_and_models(az: Az) -> None:
    usages = az("cognitiveservices usage list -l swedencentral")
    models = az("cognitiveservices model list -l swedencentral")

    assert "OpenAI.Standard.gpt4.1-mini" in [one["name"]["value"] for one in usages]
    assert "gpt-4.1-mini" in [one["model"]["name"] for one in models]


@pytest.mark.proves("GET resources", "GET providers", client="azure-cli")
def test_az_finds_resources_of_any_type(az: Az, estate: Sandbox) -> None:
    assert estate
    kind = "--resource-type Microsoft.CognitiveServices/accounts"
    listed = az(f"resource list {HERE}")
    shown = az(f"resource show {HERE} -n busy {kind}")
    provider = az("provider show -n Microsoft.CognitiveServices")

    assert {"busy", "quiet"} <= {one["name"] for one in listed}
    assert shown["name"] == "busy"
    assert provider["registrationState"] == "Registered"


@pytest.mark.proves("GET metrics", "GET metricDefinitions", client="azure-cli")
def test_az_reads_a_metric_over_its_twice_encoded_time_span(az: Az, estate: Sandbox) -> None:
    account = next(one["id"] for one in az(f"{ACCOUNT} list {HERE}") if one["name"] == "busy")
    asked = "--metrics ModelRequests --aggregation Total --interval PT1H --offset 1d"
    found = az(f"monitor metrics list --resource {account} {asked}")
    known = az(f"monitor metrics list-definitions --resource {account}")

    points = found["value"][0]["timeseries"][0]["data"]
    assert estate
    assert sum(point.get("total") or 0 for point in points) == 1
    assert "ModelRequests" in [one["name"]["value"] for one in known]


@pytest.mark.proves("GET activityLogs", client="azure-cli")
def test_az_reads_the_activity_log(az: Az, estate: Sandbox) -> None:
    assert estate
    entries = az(f"monitor activity-log list {HERE} --offset 4d --max-events 500")

    done = {one["operationName"]["value"] for one in entries}
    assert "Microsoft.CognitiveServices/accounts/deployments/write" in done


@pytest.mark.proves("GET accounts (list)", client="azure-cli")
def test_az_rest_asks_for_any_path(az: Az, estate: Sandbox) -> None:
    assert estate
    path = "/subscriptions/{subscriptionId}/providers/Microsoft.CognitiveServices/accounts"
    found = az(f"rest --method get --url {path}?api-version=2025-06-01")

    assert {"busy", "quiet"} <= {one["name"] for one in found["value"]}
