"""A tuned model from training to deployment and its quota, through openai and the mgmt SDK."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUP = f"{SUBSCRIPTION}/resourceGroups/tuned"
ACCOUNTS = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts"
SOURCE = f"{ACCOUNTS}/tuned-source"


def _account(arm: httpx.Client, alone: Sandbox, name: str, location: str) -> str:
    body = {
        "location": location,
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "properties": {"customSubDomainName": name},
    }
    assert arm.put(f"{ACCOUNTS}/{name}", json=body).status_code == 201
    alone.advance(seconds=5)
    return f"{ACCOUNTS}/{name}"


def _body(model: str, sku: str = "Standard", capacity: int = 1, **more: Any) -> dict[str, Any]:
    asked = {"format": "OpenAI", "name": model, "version": "1", **more}
    return {"sku": {"name": sku, "capacity": capacity}, "properties": {"model": asked}}


@pytest.fixture(scope="module")
def arm(alone: Sandbox) -> Iterator[httpx.Client]:
    with alone.arm() as client:
        assert client.put(GROUP, json={"location": "eastus2"}).is_success
        yield client


@pytest.fixture(scope="module")
def tuned(alone: Sandbox, arm: httpx.Client) -> str:
    """The name of a tuned model that a finished job made in the source account."""
    from openai import OpenAI

    source = _account(arm, alone, "tuned-source", "swedencentral")
    key = arm.post(f"{source}/listKeys").json()["key1"]
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Oh, hello."}]
    lines = "\n".join(json.dumps({"messages": turns}) for _ in range(12))
    with OpenAI(base_url=f"{alone.http}/_acct/tuned-source/openai/v1", api_key=key) as client:
        file = client.files.create(file=("t.jsonl", lines.encode()), purpose="fine-tune")
        alone.advance(minutes=5)
        job = client.fine_tuning.jobs.create(model="gpt-4.1-mini", training_file=file.id)
        alone.advance(hours=12)
        name = client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model
    assert name, "the job has not finished in twelve hours"
    return name


@pytest.fixture
def deploy(alone: Sandbox, arm: httpx.Client) -> Iterator[Callable[..., httpx.Response]]:
    """Deploys, settles, and deletes afterwards what was deployed."""
    made: list[str] = []

    def put(path: str, body: dict[str, Any]) -> httpx.Response:
        answer = arm.put(path, json=body)
        alone.advance(seconds=2)
        made.append(path)
        return answer

    yield put
    for path in made:
        arm.delete(path)


@pytest.mark.proves("PUT accounts/deployments", client="httpx")
def test_a_tuned_model_is_deployed_where_it_was_made(
    tuned: str, deploy: Callable[..., httpx.Response]
) -> None:
    answer = deploy(f"{SOURCE}/deployments/mine", _body(tuned))

    assert answer.status_code == 201, answer.text
    assert answer.json()["properties"]["model"] == {
        "format": "OpenAI",
        "name": tuned,
        "version": "1",
    }


def test_a_tuned_model_is_unknown_to_another_account_unless_its_source_is_named(
    tuned: str, alone: Sandbox, arm: httpx.Client, deploy: Callable[..., httpx.Response]
) -> None:
    other = _account(arm, alone, "tuned-other", "northcentralus")

    unknown = deploy(f"{other}/deployments/d", _body(tuned))
    named = deploy(f"{other}/deployments/d", _body(tuned, source=SOURCE))

    assert (unknown.status_code, named.status_code) == (400, 201)
    assert unknown.json()["error"]["code"] == "DeploymentModelNotSupported"


@pytest.mark.parametrize(
    ("sku", "status"),
    [
        ("Standard", 201),
        ("GlobalStandard", 201),
        ("DeveloperTier", 201),
        ("DataZoneStandard", 400),
        ("ProvisionedManaged", 400),
    ],
)
def test_a_tuned_model_has_skus_of_its_own(
    tuned: str, sku: str, status: int, deploy: Callable[..., httpx.Response]
) -> None:
    answer = deploy(f"{SOURCE}/deployments/sku", _body(tuned, sku))

    assert answer.status_code == status, answer.text


def test_tuned_quota_is_refused_by_its_own_pool(
    tuned: str, deploy: Callable[..., httpx.Response]
) -> None:
    fits = deploy(f"{SOURCE}/deployments/fits", _body(tuned, capacity=500))
    over = deploy(f"{SOURCE}/deployments/over", _body(tuned))

    assert (fits.status_code, over.status_code) == (201, 400)
    assert "gpt-4.1-mini - finetune" in over.json()["error"]["message"]


def test_a_resource_takes_ten_tuned_deployments(
    tuned: str, deploy: Callable[..., httpx.Response]
) -> None:
    answers = [deploy(f"{SOURCE}/deployments/t{number}", _body(tuned)) for number in range(11)]

    assert [answer.status_code for answer in answers] == [201] * 10 + [400]
    assert answers[-1].json()["error"]["code"] == "InsufficientQuota"


def test_a_purge_leaves_nothing_for_the_next_account_of_that_name(
    alone: Sandbox, arm: httpx.Client
) -> None:
    from openai import OpenAI

    def files(account: str) -> list[str]:
        key = arm.post(f"{account}/listKeys").json()["key1"]
        base = f"{alone.http}/_acct/tuned-purged/openai/v1"
        with OpenAI(base_url=base, api_key=key) as client:
            if not client.files.list().data:
                client.files.create(file=("t.jsonl", b"{}"), purpose="fine-tune")
            return [file.id for file in client.files.list().data]

    place = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/swedencentral"
    before = files(_account(arm, alone, "tuned-purged", "swedencentral"))
    arm.delete(f"{ACCOUNTS}/tuned-purged")
    purged = arm.delete(f"{place}/resourceGroups/tuned/deletedAccounts/tuned-purged")
    after = files(_account(arm, alone, "tuned-purged", "swedencentral"))

    assert purged.status_code == 202
    assert before
    assert not set(before) & set(after)
