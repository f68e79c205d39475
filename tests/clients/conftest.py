"""az and Cloud Custodian as processes that know nothing but what `ftops sandbox env` exports."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import Sandbox, start_sandbox, stop_sandbox

CLIENTS = Path(__file__).parents[2] / ".ftops/clients"
AZ = CLIENTS / "az/bin/az"
CUSTODIAN = CLIENTS / "c7n/bin/custodian"
ABSENT = "`make test-clients` installs it"
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-clients"
ACCOUNTS = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts"
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox three days back: these clients build their windows from the wall clock."""
    started = start_sandbox(tmp_path_factory.mktemp("clients") / "sandbox", "--at", "-3d")
    with started.arm() as arm:
        assert arm.put(GROUP, json={"location": "swedencentral"}).is_success
    yield started
    stop_sandbox(started)


@pytest.fixture(scope="module")
def shell(yesterday: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `ftops sandbox env` exports, a home of its own, and nothing else."""
    home = str(tmp_path_factory.mktemp("home"))
    return {**yesterday.env, "HOME": home, "LANG": "C.UTF-8"}


def run(shell: dict[str, str], command: list[str]) -> subprocess.CompletedProcess[str]:
    """One process, awaited for as long as a loaded machine may need."""
    return subprocess.run(
        command, env=shell, capture_output=True, text=True, timeout=180, check=False
    )


@pytest.fixture(scope="module")
def az(shell: dict[str, str]) -> Run:
    """The Azure CLI, signed in: `az("group list")` is the answer that it prints, as JSON."""
    if not AZ.exists():
        pytest.skip(f"no Azure CLI: {ABSENT}")

    def ask(line: str, *more: str, refused: int = 0) -> Any:
        done = run(shell, [str(AZ), *line.split(), *more, "--output", "json"])
        assert done.returncode == refused, f"az {line}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout and not refused else done.stderr

    secret, client = shell["AZURE_CLIENT_SECRET"], shell["AZURE_CLIENT_ID"]
    ask(f"login --service-principal -u {client} -p {secret} --tenant {shell['AZURE_TENANT_ID']}")
    return ask


@pytest.fixture(scope="module")
def custodian(shell: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Cloud Custodian: runs one policy and answers the resources that it names."""
    if not CUSTODIAN.exists():
        pytest.skip(f"no Cloud Custodian: {ABSENT}")

    def judge(resource: str, *filters: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        folder = tmp_path_factory.mktemp("policy")
        policy = {"name": "one", "resource": resource, "filters": list(filters), **more}
        (folder / "policy.json").write_text(json.dumps({"policies": [policy]}), encoding="utf-8")
        command = [str(CUSTODIAN), "run", "-s", str(folder / "out"), str(folder / "policy.json")]
        done = run({**shell, "PYTHONWARNINGS": "ignore"}, command)
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(
            (folder / "out/one/resources.json").read_text(encoding="utf-8")
        )
        return found

    return judge


@pytest.fixture(scope="module")
def estate(yesterday: Sandbox) -> Sandbox:
    """Two accounts of two deployments each; `busy` trained a model and `called` was called."""
    with yesterday.arm() as arm:
        for account in ("busy", "quiet"):
            body = {"location": "swedencentral", "kind": "OpenAI", "sku": {"name": "S0"},
                    "properties": {"customSubDomainName": account}}  # fmt: skip
            assert arm.put(f"{ACCOUNTS}/{account}", json=body).is_success
            yesterday.advance(seconds=5)
            for name in ("called", "idle"):
                put = {"sku": {"name": "Standard", "capacity": 10}, "properties": {"model": MODEL}}
                made = arm.put(f"{ACCOUNTS}/{account}/deployments/{name}", json=put)
                assert made.is_success, made.text
                yesterday.advance(seconds=5)
        key = arm.post(f"{ACCOUNTS}/busy/listKeys").json()["key1"]
    where, headers = f"{yesterday.http}/_acct/busy/openai", {"api-key": key}
    with httpx.Client(
        base_url=where, headers=headers, params={"api-version": "2024-10-21"}, trust_env=False
    ) as plane:
        _train(plane, yesterday)
        yesterday.advance(hours=60)
        said = {"messages": [{"role": "user", "content": "Good morning"}]}
        answer = plane.post("/deployments/called/chat/completions", json=said)
        assert answer.status_code == 200, answer.text
    yesterday.advance(hours=11, minutes=50)
    return yesterday


def _train(plane: httpx.Client, sandbox: Sandbox) -> None:
    """Orders a tuned model, for it to be on the bill."""
    row = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    lines = "\n".join(json.dumps(row) for _ in range(400)).encode()
    sent = plane.post("/files", data={"purpose": "fine-tune"}, files={"file": ("a.jsonl", lines)})
    sandbox.advance(seconds=5)
    wanted = {"model": "gpt-4.1-mini", "training_file": sent.json()["id"]}
    assert plane.post("/fine_tuning/jobs", json=wanted).is_success
