"""What the sandbox's tests have in common: a group, an account, and Azure's own SDK clients."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    import openai
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from openai.types.fine_tuning import FineTuningJob
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
ACCOUNTS = "/providers/Microsoft.CognitiveServices/accounts/"
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}

Maker = Callable[..., str]


@pytest.fixture
def arm(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Resource Manager, signed in, through the proxy."""
    with sandbox.arm() as client:
        yield client


@pytest.fixture
def group(arm: httpx.Client, unique: Callable[[str], str]) -> Iterator[str]:
    """The id of a new resource group; what a test leaves in it goes with it."""
    path = f"{SUBSCRIPTION}/resourceGroups/{unique('rg')}"
    answer = arm.put(path, json={"location": "eastus2"})
    assert answer.status_code == 201, answer.text
    yield path
    arm.delete(path)


@pytest.fixture
def make_account(
    arm: httpx.Client, group: str, sandbox: Sandbox, unique: Callable[[str], str]
) -> Maker:
    """Makes a settled account in the group and answers its id."""

    def make(name: str = "", location: str = "swedencentral", **properties: Any) -> str:
        name = name or unique("acct")
        body = {
            "location": location,
            "kind": properties.pop("kind", "OpenAI"),
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": name, **properties},
        }
        answer = arm.put(f"{group}{ACCOUNTS}{name}", json=body)
        assert answer.status_code == 201, answer.text
        sandbox.advance(seconds=2)
        return f"{group}{ACCOUNTS}{name}"

    return make


@pytest.fixture
def account(make_account: Maker) -> str:
    """The id of a new, settled account in swedencentral."""
    return make_account()


@pytest.fixture
def make_deployment(arm: httpx.Client, sandbox: Sandbox) -> Maker:
    """Makes a settled deployment of a base model and answers its id."""

    def make(account_id: str, name: str, sku: str = "GlobalStandard", capacity: int = 1) -> str:
        body = {"sku": {"name": sku, "capacity": capacity}, "properties": {"model": MODEL}}
        answer = arm.put(f"{account_id}/deployments/{name}", json=body)
        assert answer.status_code == 201, answer.text
        sandbox.advance(seconds=2)
        return f"{account_id}/deployments/{name}"

    return make


@pytest.fixture
def cognitive(shell_env: Sandbox) -> Iterator[CognitiveServicesManagementClient]:
    """azure-mgmt-cognitiveservices as anyone configures it: environment variables, public names."""
    from azure.identity import DefaultAzureCredential
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

    with (
        DefaultAzureCredential() as credential,
        CognitiveServicesManagementClient(
            credential, shell_env.env["AZURE_SUBSCRIPTION_ID"]
        ) as client,
    ):
        yield client


@dataclass(frozen=True)
class Plane:
    """The data plane of one account: both flavours of the OpenAI client, and what they need."""

    sandbox: Sandbox
    arm: httpx.Client
    account: str
    key: str
    azure: openai.AzureOpenAI
    v1: openai.OpenAI

    @property
    def endpoint(self) -> str:
        return f"{self.sandbox.http}/_acct/{self.account.rpartition('/')[2]}"

    def upload(self, data: bytes | Path | Sequence[object], name: str = "data.jsonl") -> str:
        """Uploads bytes, a file or rows, waits for its processing and answers its id."""
        if isinstance(data, Path):
            data = data.read_bytes()
        if not isinstance(data, bytes):
            data = "\n".join(json.dumps(row) for row in data).encode()
        file = self.azure.files.create(file=(name, data), purpose="fine-tune")
        self.sandbox.advance(seconds=3)
        return file.id

    def start(self, training_file: str, **more: Any) -> FineTuningJob:
        """Creates a job of gpt-4.1-mini; `more` as the client takes it."""
        return self.v1.fine_tuning.jobs.create(
            model=more.pop("model", "gpt-4.1-mini"), training_file=training_file, **more
        )

    def finish(self, job_id: str) -> FineTuningJob:
        """Advances the clock until the job has ended."""
        for _ in range(50):
            job = self.v1.fine_tuning.jobs.retrieve(job_id)
            if job.status not in ("pending", "running"):
                return job
            self.sandbox.advance(minutes=15)
        raise AssertionError(f"{job_id} does not end")

    def deploy(self, name: str, model: str, capacity: int = 50) -> str:
        """Deploys a base or tuned model, waits until it answers, and gives the name back."""
        tuned = ".ft-" in model or model.startswith("ftchkpt-")
        described = {**MODEL, "name": model, "version": "1" if tuned else MODEL["version"]}
        body = {
            "sku": {"name": "GlobalStandard", "capacity": capacity},
            "properties": {"model": described},
        }
        answer = self.arm.put(f"{self.account}/deployments/{name}", json=body)
        assert answer.is_success, answer.text
        self.sandbox.advance(minutes=2)
        return name

    def ask(self, deployment: str, *said: str) -> str:
        """The text that a deployment answers to a user's words."""
        answer = self.azure.chat.completions.create(
            model=deployment, messages=[{"role": "user", "content": text} for text in said]
        )
        return answer.choices[0].message.content or ""


@pytest.fixture(scope="module")
def plane(alone: Sandbox) -> Iterator[Plane]:
    """The data plane of an account in swedencentral, in a sandbox of the module's own."""
    import openai

    with alone.arm() as arm:
        group = f"{SUBSCRIPTION}/resourceGroups/rg-plane"
        account = f"{group}{ACCOUNTS}plane"
        arm.put(group, json={"location": "swedencentral"})
        body = {
            "location": "swedencentral",
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": "plane"},
        }
        assert arm.put(account, json=body).is_success
        alone.advance(minutes=1)
        key = arm.post(f"{account}/listKeys").json()["key1"]
        where = f"{alone.http}/_acct/plane"
        with (
            openai.AzureOpenAI(
                azure_endpoint=where, api_key=key, api_version="2025-04-01-preview", max_retries=0
            ) as azure,
            openai.OpenAI(base_url=f"{where}/openai/v1", api_key=key, max_retries=0) as v1,
        ):
            yield Plane(alone, arm, account, key, azure, v1)
