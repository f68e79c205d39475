"""Nouns for judging and sweeping: a deployment, its moment, and a world of them in a sandbox."""

from __future__ import annotations

import json
import os
import ssl
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner, Result

from ftops.cli import main
from ftops.estate import Account, Deployment

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
TUNED = "gpt-4.1-mini-2025-04-14.ft-3c27f78ad2c141719573c550300bb791-sarcasm"

DATA_SCOPE = "https://cognitiveservices.azure.com/.default"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-world"
ACCOUNTS = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts"

MakeDeployment = Callable[..., Deployment]


@pytest.fixture(scope="session")
def now() -> datetime:
    """A moment that is no whole hour."""
    return datetime(2026, 11, 21, 8, 20, tzinfo=UTC)


@pytest.fixture(scope="session")
def account() -> Account:
    identity = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-dev/providers"
        "/Microsoft.CognitiveServices/accounts/acct-dev"
    )
    return Account(identity, "acct-dev", "rg-dev", "swedencentral", "OpenAI")


@pytest.fixture(scope="session")
def make(account: Account, now: datetime) -> MakeDeployment:
    """Makes a settled tuned deployment, three days old; `make("name", sku=...)` changes it."""

    def build(name: str = "tuned", **changes: Any) -> Deployment:
        return replace(
            Deployment(
                id=f"{account.id}/deployments/{name}",
                name=name,
                account=account,
                model=TUNED,
                version="1",
                sku="Standard",
                capacity=1,
                created_at=now - timedelta(days=3),
                state="Succeeded",
            ),
            **changes,
        )

    return build


@dataclass(frozen=True)
class World:
    """A sandbox with one tuned model in it, of the account `home`."""

    sandbox: Sandbox
    arm: httpx.Client
    model: str = ""

    def make_account(self, name: str = "", location: str = "swedencentral") -> str:
        """Makes an account of a new name and answers its ARM id."""
        name = name or f"acct-{uuid.uuid4().hex[:10]}"
        body = {
            "location": location,
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": name},
        }
        return self.put(f"{ACCOUNTS}/{name}", body)

    def deploy(self, account_id: str, name: str, sku: str = "Standard", **tags: str) -> str:
        """Serves the tuned model from an account; underscores in tags become hyphens."""
        model = {
            "format": "OpenAI",
            "name": self.model,
            "version": "1",
            "source": f"{ACCOUNTS}/home",
        }
        named = {key.replace("_", "-"): value for key, value in tags.items()}
        body = {"sku": {"name": sku, "capacity": 1}, "tags": named, "properties": {"model": model}}
        return self.put(f"{account_id}/deployments/{name}", body)

    def put(self, path: str, body: dict[str, Any]) -> str:
        answer = self.arm.put(path, json=body)
        assert answer.status_code in {200, 201}, answer.text
        self.sandbox.advance(seconds=30)
        return path

    def exists(self, path: str) -> bool:
        return self.arm.get(path).status_code == 200

    def call(self, account_id: str, deployment: str) -> None:
        """One chat completion, a few minutes before now, so that Monitor has it."""
        name = account_id.rpartition("/")[2]
        answer = self.arm.post(
            f"https://{name}.openai.azure.com/openai/deployments/{deployment}/chat/completions",
            params={"api-version": "2024-10-21"},
            json={"messages": [{"role": "user", "content": "What is the capital of France?"}]},
            headers={"authorization": f"Bearer {self.sandbox.token(DATA_SCOPE)}"},
        )
        assert answer.status_code == 200, answer.text
        self.sandbox.advance(minutes=5)


@pytest.fixture(scope="module")
def world(alone: Sandbox) -> Iterator[World]:
    """The module's own sandbox, a little after a job has succeeded in it."""
    with alone.arm() as arm:
        arm.put(GROUP, json={"location": "swedencentral"})
        built = World(alone, arm)
        built.make_account("home")
        yield replace(built, model=train(alone))


def train(sandbox: Sandbox) -> str:
    """Fine-tunes on the account `home` with the openai SDK and answers the tuned model's id."""
    import httpx2
    import openai

    said = [({"role": "user", "content": f"{n} + {n}?"}, n + n) for n in range(12)]
    lines = [
        json.dumps({"messages": [asked, {"role": "assistant", "content": f"Obviously {told}."}]})
        for asked, told in said
    ]
    verify = ssl.create_default_context(cafile=sandbox.running.ca)
    with (
        httpx2.Client(proxy=sandbox.running.proxy, verify=verify, trust_env=False) as http,
        openai.OpenAI(
            base_url="https://home.openai.azure.com/openai/v1",
            api_key=sandbox.token(DATA_SCOPE),
            http_client=http,
        ) as client,
    ):
        data = "\n".join(lines).encode()
        file = client.files.create(file=("train.jsonl", data), purpose="fine-tune")
        sandbox.advance(minutes=5)
        job = client.fine_tuning.jobs.create(
            model="gpt-4.1-mini-2025-04-14",
            training_file=file.id,
            extra_body={"trainingType": "globalStandard"},
        )
        sandbox.advance(hours=6)
        model = client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model
    assert model, "the job has not succeeded"
    return model


@pytest.fixture
def ftops(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Runs the command line in a shell that points at the world, in a folder of its own.

    `ftops("teardown", "--idle")` answers what click recorded.
    """
    for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_", "FTOPS_"))]:
        monkeypatch.delenv(name)
    for name, value in world.sandbox.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FTOPS_LEDGER", str(tmp_path / "ledger.jsonl"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments, catch_exceptions=False)
