"""What was begun before a restart ends after it, with the same numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openai

if TYPE_CHECKING:
    from tests.conftest import Sandbox

ACCOUNT = (
    "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg"
    "/providers/Microsoft.CognitiveServices/accounts/again"
)
ROWS = [
    {
        "messages": [
            {"role": "user", "content": f"Name star number {number}."},
            {"role": "assistant", "content": f"Star {number} is called Vega {number}, my dear."},
        ]
    }
    for number in range(20)
]


def _account(sandbox: Sandbox) -> str:
    """Makes the account and answers its key."""
    with sandbox.arm() as arm:
        arm.put(ACCOUNT.partition("/providers")[0], json={"location": "swedencentral"})
        body = {
            "location": "swedencentral",
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": "again"},
        }
        assert arm.put(ACCOUNT, json=body).is_success
        sandbox.advance(minutes=1)
        key: str = arm.post(f"{ACCOUNT}/listKeys").json()["key1"]
        return key


def _client(sandbox: Sandbox, key: str) -> openai.OpenAI:
    where = f"{sandbox.http}/_acct/again/openai/v1"
    return openai.OpenAI(base_url=where, api_key=key, max_retries=0)


def _start(client: openai.OpenAI, sandbox: Sandbox) -> str:
    data = "\n".join(json.dumps(row) for row in ROWS).encode()
    file = client.files.create(file=("stars.jsonl", data), purpose="fine-tune")
    sandbox.advance(seconds=3)
    return client.fine_tuning.jobs.create(
        model="gpt-4.1-mini", training_file=file.id, seed=5, hyperparameters={"n_epochs": 3}
    ).id


def test_a_job_started_survives_a_restart(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    first = start_sandbox(tmp_path / "s")
    key = _account(first)
    with _client(first, key) as client:
        job, twin = _start(client, first), _start(client, first)
    # Gone at once, training half-way: as after a power cut.
    first.process.kill()
    stop_sandbox(first)

    second = start_sandbox(tmp_path / "s")
    try:
        with _client(second, key) as client:
            second.advance(hours=2)
            done = client.fine_tuning.jobs.retrieve(job)
            assert done.status == "succeeded"
            again = client.fine_tuning.jobs.retrieve(twin)
            curves = {client.files.content(j.result_files[0]).text for j in (done, again)}
            assert len(curves) == 1, "the same file, values and seed give the same curve"
            assert curves.pop().count("\n") == 1 + 3 * len(ROWS)
    finally:
        stop_sandbox(second)


def test_a_pause_and_what_is_trained_on_survive_a_kill(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    first = start_sandbox(tmp_path / "s")
    key = _account(first)
    with _client(first, key) as client:
        job = _start(client, first)
        first.advance(minutes=8)
        client.fine_tuning.jobs.pause(job)
        before = client.fine_tuning.jobs.checkpoints.list(job).data[0]
        on = client.fine_tuning.jobs.create(
            model=before.id, training_file=client.files.list().data[0].id, seed=5
        ).id
    first.process.kill()
    stop_sandbox(first)

    second = start_sandbox(tmp_path / "s")
    try:
        with _client(second, key) as client:
            second.advance(days=1)
            assert str(client.fine_tuning.jobs.retrieve(job).status) == "paused"
            assert client.fine_tuning.jobs.checkpoints.list(job).data[0] == before
            trained = client.fine_tuning.jobs.retrieve(on)
            assert trained.status == "succeeded"
            assert client.files.content(trained.result_files[0]).text
            client.fine_tuning.jobs.resume(job)
            second.advance(hours=1)
            assert client.fine_tuning.jobs.retrieve(job).status == "succeeded"
    finally:
        stop_sandbox(second)


def test_results_and_answers_are_the_same_after_a_restart(
    tmp_path: Path, unique: Callable[[str], str]
) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    name = unique("stars")
    first = start_sandbox(tmp_path / "s")
    key = _account(first)
    with _client(first, key) as client:
        job = _start(client, first)
        first.advance(hours=2)
        done = client.fine_tuning.jobs.retrieve(job)
        model = {"format": "OpenAI", "name": done.fine_tuned_model, "version": "1"}
        body = {"sku": {"name": "GlobalStandard", "capacity": 9}, "properties": {"model": model}}
        with first.arm() as arm:
            assert arm.put(f"{ACCOUNT}/deployments/{name}", json=body).is_success
        first.advance(minutes=2)
        before = _told(client, name, job, done.result_files[0])
    stop_sandbox(first)

    second = start_sandbox(tmp_path / "s")
    try:
        with _client(second, key) as client:
            assert _told(client, name, job, done.result_files[0]) == before
    finally:
        stop_sandbox(second)


def _told(client: openai.OpenAI, deployment: str, job: str, results: str) -> tuple[object, ...]:
    answer = client.chat.completions.create(
        model=deployment, messages=[{"role": "user", "content": "Name star number 7."}]
    )
    events = [event.message for event in client.fine_tuning.jobs.list_events(job, limit=100)]
    return answer.choices[0].message.content, events, client.files.content(results).text
