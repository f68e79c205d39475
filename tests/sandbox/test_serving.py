"""Which deployments answer, and what Azure says for those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    import openai
    from openai.types.fine_tuning import FineTuningJob
    from tests.conftest import Sandbox
    from tests.sandbox.conftest import Plane

ACCOUNT = (
    "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/world"
    "/providers/Microsoft.CognitiveServices/accounts/old"
)
ROWS = [
    {"messages": [{"role": "user", "content": f"say {n}"}, {"role": "assistant", "content": "ok"}]}
    for n in range(12)
]


@pytest.fixture(scope="module")
def job(plane: Plane) -> FineTuningJob:
    """A tuned model."""
    return plane.finish(plane.start(plane.upload(ROWS)).id)


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox shortly before o4-mini retires."""
    from tests.conftest import start_sandbox, stop_sandbox

    started = start_sandbox(tmp_path / "s", "--at", "2026-10-10T00:00:00Z")
    yield started
    stop_sandbox(started)


def _said(client: openai.OpenAI, deployment: str) -> tuple[int, str]:
    """The status of a call, and the code of its refusal."""
    import openai

    said: Any = [{"role": "user", "content": "Hi"}]
    try:
        client.chat.completions.create(model=deployment, messages=said)
    except openai.APIStatusError as error:
        return error.status_code, str(error.code)
    return 200, ""


def _answer(sandbox: Sandbox, arm: httpx.Client, deployment: str) -> tuple[int, str]:
    import openai

    key = arm.post(f"{ACCOUNT}/listKeys").json()["key1"]
    place = f"{sandbox.http}/_acct/old/openai/v1"
    with openai.OpenAI(base_url=place, api_key=key, max_retries=0) as client:
        return _said(client, deployment)


@pytest.mark.proves(
    "POST openai/deployments/{deployment}/chat/completions",
    client="openai",
    differs="the codes of 423 and 410 and their words are made up: only the statuses are published",
)
@pytest.mark.proves(
    "POST accounts/deployments/pause", "POST accounts/deployments/resume", client="httpx"
)
def test_a_paused_deployment_is_locked_until_it_is_resumed(
    plane: Plane, job: FineTuningJob
) -> None:
    assert job.fine_tuned_model
    name = plane.deploy("halted", job.fine_tuned_model)
    path = f"{plane.account}/deployments/{name}"
    before = _said(plane.azure, name)

    assert plane.arm.post(f"{path}/pause").is_success
    assert plane.arm.post(f"{path}/pause").is_success, "twice is no error"
    dated, v1 = _said(plane.azure, name), _said(plane.v1, name)
    assert plane.arm.post(f"{path}/resume").is_success
    after = _said(plane.azure, name)
    plane.arm.delete(path)

    assert (before, after) == ((200, ""), (200, ""))
    assert dated == v1 == (423, "DeploymentPaused")


@pytest.mark.proves("GET accounts/deployments", "PUT accounts/deployments", client="httpx")
def test_only_versions_that_know_of_a_pause_tell_of_it(plane: Plane) -> None:
    name = plane.deploy("versions", "gpt-4.1-mini")
    path = f"{plane.account}/deployments/{name}"
    told = {}
    for version in ("2024-10-01", "2025-09-01", "2025-12-01", "2026-09-15-preview"):
        asked = {"api-version": version}
        one = plane.arm.get(path, params=asked).json()
        (listed,) = [
            each
            for each in plane.arm.get(f"{plane.account}/deployments", params=asked).json()["value"]
            if each["name"] == name
        ]
        again = plane.arm.put(path, params=asked, json=one).json()
        told[version] = [each["properties"].get("deploymentState") for each in (one, listed, again)]
        plane.sandbox.advance(seconds=2)
    plane.arm.delete(path)

    assert told == {
        "2024-10-01": [None] * 3,
        "2025-09-01": [None] * 3,
        "2025-12-01": ["Running"] * 3,
        "2026-09-15-preview": ["Running"] * 3,
    }


@pytest.mark.proves("GET openai/fine_tuning/jobs/{id}/checkpoints", client="openai")
@pytest.mark.proves("PUT accounts/deployments", client="httpx")
def test_a_checkpoint_is_deployed_and_answers(plane: Plane, job: FineTuningJob) -> None:
    found = plane.v1.fine_tuning.jobs.checkpoints.list(job.id).data
    assert len(found) == 3

    by_id = plane.deploy("early", found[-1].id)
    by_name = plane.deploy("late", found[0].fine_tuned_model_checkpoint)
    said = [_said(plane.v1, name) for name in (by_id, by_name)]
    shown = plane.arm.get(f"{plane.account}/deployments/early").json()
    for name in (by_id, by_name):
        plane.arm.delete(f"{plane.account}/deployments/{name}")

    assert said == [(200, "")] * 2
    assert shown["properties"]["model"]["name"] == found[-1].id
    plane.deploy("early", found[-1].id)
    plane.sandbox.advance(days=15, minutes=1)
    assert plane.arm.get(f"{plane.account}/deployments/early").status_code == 404, "tuned as well"


@pytest.mark.proves(
    "PUT accounts/deployments",
    client="httpx",
    differs="assumed: that a retired model's deployments stay, and may still be changed",
)
@pytest.mark.proves("POST openai/deployments/{deployment}/chat/completions", client="openai")
def test_a_retired_model_answers_nobody(old: Sandbox) -> None:
    reasoning = {"name": "base", "model": "o4-mini", "version": "2025-04-16", "created": "0s"}
    old.ask("POST", "world", {"accounts": [{"name": "old", "deployments": [reasoning]}]})
    path = f"{ACCOUNT}/deployments"
    with old.arm() as arm:
        made = arm.get(f"{path}/base").json()
        before = _answer(old, arm, "base")
        old.advance(days=7)

        assert before == (200, "")
        assert _answer(old, arm, "base") == (410, "ModelRetired")
        assert arm.get(f"{path}/base").status_code == 200
        assert arm.put(f"{path}/base", json=made).status_code == 200
        again = arm.put(f"{path}/anew", json={"sku": made["sku"], "properties": made["properties"]})

    error = again.json()["error"]
    assert (again.status_code, error["code"]) == (400, "ServiceModelDeprecated")
    assert error["message"].endswith("has been deprecated since 10/16/2026 00:00:00.")


@pytest.mark.proves("POST openai/deployments/{deployment}/chat/completions", client="openai")
def test_a_tuned_model_outlives_its_base_and_retires_in_its_turn(old: Sandbox) -> None:
    old.ask("POST", "clock", {"set": "2027-10-10T00:00:00Z"})
    body = {
        "name": "old",
        "created": "200d",
        "tuned_models": [{"name": "m"}],
        "deployments": [{"name": "d", "model": "m", "created": "0s"}],
    }
    old.ask("POST", "world", {"accounts": [body]})
    old.advance(minutes=1)
    with old.arm() as arm:
        before = _answer(old, arm, "d")
        old.advance(days=5)
        after = _answer(old, arm, "d")

    assert (before, after) == ((200, ""), (410, "ModelRetired"))


@pytest.mark.proves(
    "GET openai/models",
    client="openai",
    differs="a model whose end nobody has published is said to be served for two years",
)
def test_every_model_says_until_when_it_is_served(plane: Plane, job: FineTuningJob) -> None:
    listed: list[Any] = [model.to_dict() for model in plane.azure.models.list().data]
    models = {model["id"]: model for model in listed}

    assert all(isinstance(model["deprecation"]["inference"], int) for model in models.values())
    assert job.fine_tuned_model in models
    assert models["text-embedding-3-small"]["deprecation"]["inference"] == 1_798_761_600
