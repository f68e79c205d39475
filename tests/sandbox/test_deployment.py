"""Deployments through azure-mgmt-cognitiveservices: models, SKUs, quota and their refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
TUNED = "gpt-4.1-mini-2025-04-14.ft-" + "0" * 32

Maker = Callable[..., str]


def _body(model: str, sku: str = "GlobalStandard", **more: Any) -> dict[str, Any]:
    sized = {"name": sku, "capacity": more.pop("capacity", 1)}
    return {"sku": sized, "properties": {"model": {"format": "OpenAI", "name": model, **more}}}


def _usage(arm: httpx.Client, name: str, region: str = "swedencentral") -> dict[str, Any]:
    url = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/{region}/usages"
    found = [line for line in arm.get(url).json()["value"] if line["name"]["value"] == name]
    assert len(found) == 1, f"{name} is not a pool of {region}"
    line: dict[str, Any] = found[0]
    return line


@pytest.mark.proves("GET accounts/deployments (list)", client="azure-mgmt-cognitiveservices")
@pytest.mark.proves(
    "DELETE accounts/deployments", client="azure-mgmt-cognitiveservices", differs="is done at once"
)
@pytest.mark.proves(
    "PUT accounts/deployments",
    client="azure-mgmt-cognitiveservices",
    differs="takes less than half a second",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_the_sdk_deploys_a_base_model_and_waits(
    cognitive: CognitiveServicesManagementClient, make_account: Maker
) -> None:
    account = make_account()
    group, name = account.split("/")[4], account.rsplit("/", maxsplit=1)[-1]

    made = cognitive.deployments.begin_create_or_update(
        group,
        name,
        "chat",
        _body("gpt-4.1-mini", capacity=10),  # type: ignore[call-overload]  # the SDK takes a mapping as well
    ).result()
    listed = [one.name for one in cognitive.deployments.list(group, name)]
    cognitive.deployments.begin_delete(group, name, "chat").result()

    assert made.properties.provisioning_state == "Succeeded"
    assert made.properties.model.version == "2025-04-14"
    assert made.properties.rate_limits[1].count == 10_000
    assert listed == ["chat"]
    assert not list(cognitive.deployments.list(group, name))


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (
            _body("gpt-9", version="1"),
            "DeploymentModelNotSupported",
            "The model 'Format:OpenAI,Name:gpt-9,Version:1' is not supported",
        ),
        (
            _body("gpt-4.1-mini", version="2024-11-20"),
            "DeploymentModelNotSupported",
            "The model 'Format:OpenAI,Name:gpt-4.1-mini,Version:2024-11-20' is not supported",
        ),
        (
            _body("gpt-4.1", "Imaginary"),
            "InvalidResourceProperties",
            "SKU 'Imaginary' of account deployment is not supported by the model 'gpt-4.1' version",
        ),
        (
            _body("gpt-4.1", "DeveloperTier"),
            "InvalidResourceProperties",
            "The specified SKU 'DeveloperTier' of account deployment is not supported by the model",
        ),
        (
            _body("gpt-4o-mini", version="2024-07-18"),
            "ServiceModelDeprecated",
            "Name:gpt-4o-mini,Version:2024-07-18' has been deprecated since 03/31/2026",
        ),
        (
            _body(TUNED, version="1"),
            "DeploymentModelNotSupported",
            f"The model 'Format:OpenAI,Name:{TUNED},Version:1' is not supported",
        ),
        (_body("gpt-4.1", capacity=0), "InvalidResourceProperties", "capacity '0'"),
        (_body("gpt-4.1", capacity="many"), "InvalidResourceProperties", "capacity 'many'"),
        ({"properties": {}}, "InvalidResourceProperties", "missing"),
        ({"properties": {"model": "gpt-4.1"}}, "InvalidResourceProperties", "missing"),
    ],
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_deployment_that_azure_would_refuse_is_refused_in_its_words(
    arm: httpx.Client, account: str, body: dict[str, Any], code: str, words: str
) -> None:
    answer = arm.put(f"{account}/deployments/no", json=body)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, code)
    assert words in error["message"]
    assert arm.get(f"{account}/deployments/no").status_code == 404


def test_a_model_is_refused_where_its_sku_does_not_serve(
    arm: httpx.Client, make_account: Maker
) -> None:
    account = make_account(location="uksouth")

    standard = arm.put(f"{account}/deployments/s", json=_body("gpt-4.1", "Standard"))
    everywhere = arm.put(f"{account}/deployments/g", json=_body("gpt-4.1"))

    assert (standard.status_code, everywhere.status_code) == (400, 201)


@pytest.mark.on_azure(cost_max_usd="0")
def test_a_sku_is_taken_in_any_letter_case(arm: httpx.Client, account: str) -> None:
    answer = arm.put(f"{account}/deployments/low", json=_body("gpt-4.1", "standard"))

    assert answer.json()["sku"]["name"] == "Standard"


@pytest.mark.parametrize("capacity", ["2", 2.0, 2])
def test_a_capacity_is_read_as_each_client_spells_it(
    arm: httpx.Client, account: str, capacity: object
) -> None:
    answer = arm.put(f"{account}/deployments/two", json=_body("gpt-4.1", capacity=capacity))

    assert answer.json()["sku"]["capacity"] == 2


@pytest.mark.proves(
    "GET locations/usages",
    client="httpx",
    differs="names of pools of other models than gpt-4.1-mini are assumed",
)
def test_quota_is_taken_and_given_back(
    arm: httpx.Client, make_account: Maker, sandbox: Sandbox
) -> None:
    account, pool = make_account(location="eastus2"), "OpenAI.Standard.gpt4.1-nano"
    before = _usage(arm, pool, "eastus2")["currentValue"]
    path = f"{account}/deployments/q"

    arm.put(path, json=_body("gpt-4.1-nano", "Standard", capacity=40))
    taken = _usage(arm, pool, "eastus2")["currentValue"]
    sandbox.advance(seconds=2)
    arm.put(path, json=_body("gpt-4.1-nano", "Standard", capacity=15))
    changed = _usage(arm, pool, "eastus2")["currentValue"]
    sandbox.advance(seconds=2)
    arm.delete(path)
    after = _usage(arm, pool, "eastus2")["currentValue"]

    assert (taken - before, changed - before, after - before) == (40, 15, 0)


@pytest.mark.proves(
    "PUT accounts/deployments",
    client="httpx",
    differs="limits of other pools than three of gpt-4.1-mini are assumed",
)
def test_more_than_the_quota_is_refused_with_the_figures(alone: Sandbox) -> None:
    group = f"{SUBSCRIPTION}/resourceGroups/quota"
    account = f"{group}/providers/Microsoft.CognitiveServices/accounts/quota"
    with alone.arm() as arm:
        arm.put(group, json={"location": "eastus2"})
        body = {"location": "eastus2", "kind": "OpenAI", "sku": {"name": "S0"}}
        arm.put(account, json=body)
        alone.advance(seconds=5)
        most, more = f"{account}/deployments/most", f"{account}/deployments/more"
        arm.put(most, json=_body("gpt-4o", "Standard", capacity=4992))
        alone.advance(seconds=5)
        refused = arm.put(more, json=_body("gpt-4o", "Standard", capacity=10))
        grown = arm.put(most, json=_body("gpt-4o", "Standard", capacity=5000))

    quota = "Tokens Per Minute (thousands) - gpt-4o"
    assert refused.json()["error"]["code"] == "InsufficientQuota"
    assert refused.json()["error"]["message"] == (
        f"This operation require 10 new capacity in quota {quota}, which is bigger than the "
        "current available capacity 8. The current quota usage is 4992 and the quota limit is "
        f"5000 for quota {quota}."
    )
    assert grown.status_code == 200


def test_an_account_takes_32_standard_deployments(
    arm: httpx.Client, make_account: Maker, sandbox: Sandbox
) -> None:
    account = make_account()
    codes = []
    for number in range(33):
        answer = arm.put(f"{account}/deployments/d{number}", json=_body("gpt-4.1-nano"))
        codes.append(answer.status_code)
        sandbox.advance(seconds=2)

    assert codes == [201] * 32 + [400]


def test_tuned_pools_are_apart_from_base_pools(arm: httpx.Client) -> None:
    assert _usage(arm, "OpenAI.Standard.gpt4.1-mini")["limit"] == 5000
    assert _usage(arm, "OpenAI.Standard.gpt4.1-mini-finetune")["limit"] == 500
    assert _usage(arm, "OpenAI.DeveloperTier.gpt4.1-mini-finetune")["limit"] == 500


@pytest.mark.proves(
    "GET locations/models",
    client="httpx",
    differs="the regions where a base model has the Standard SKU are assumed",
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_region_lists_its_models_with_skus_and_dates(
    cognitive: CognitiveServicesManagementClient,
) -> None:
    def models(region: str) -> dict[str, Any]:
        entries = [one.as_dict() for one in cognitive.models.list(region)]
        return {one["model"]["name"]: one["model"] for one in entries if one["kind"] == "OpenAI"}

    mini = models("swedencentral")["gpt-4.1-mini"]

    assert mini["capabilities"]["fineTune"] == "true"
    assert mini["deprecation"]["fine_tune"].startswith("2027-04-14")
    assert "OpenAI.Standard.gpt4.1-mini" in [sku["usage_name"] for sku in mini["skus"]]
    elsewhere = [sku["name"] for sku in models("uksouth")["gpt-4.1-mini"]["skus"]]
    assert elsewhere == ["GlobalStandard", "DataZoneStandard"]


@pytest.mark.proves(
    "POST accounts/deployments/pause", "POST accounts/deployments/resume", client="httpx"
)
def test_a_deployment_is_paused_and_resumed(
    arm: httpx.Client, account: str, make_deployment: Maker
) -> None:
    path = make_deployment(account, "p", sku="Standard", capacity=7)
    before = _usage(arm, "OpenAI.Standard.gpt4.1-mini")["currentValue"]

    paused = arm.post(f"{path}/pause")
    twice = arm.post(f"{path}/pause")
    held = _usage(arm, "OpenAI.Standard.gpt4.1-mini")["currentValue"]
    resumed = arm.post(f"{path}/resume")

    assert [a.status_code for a in (paused, twice, resumed)] == [200, 200, 200]
    assert paused.json()["properties"]["deploymentState"] == "Paused"
    assert resumed.json()["properties"]["deploymentState"] == "Running"
    assert held == before


@pytest.mark.proves("GET accounts/deployments/skus", client="httpx")
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_deployment_lists_the_skus_it_could_have(
    arm: httpx.Client, account: str, make_deployment: Maker
) -> None:
    path = make_deployment(account, "s")

    names = [one["sku"]["name"] for one in arm.get(f"{path}/skus").json()["value"]]

    assert names == ["Standard", "GlobalStandard", "DataZoneStandard"]
