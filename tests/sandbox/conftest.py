"""What the sandbox's tests have in common: a group, an account, and Azure's own SDK clients."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.azure.target import Target, azure, played_by

if TYPE_CHECKING:
    import openai
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from azure.mgmt.resource.resources import ResourceManagementClient
    from openai.types import FileObject
    from openai.types.fine_tuning import FineTuningJob
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
ACCOUNTS = "/providers/Microsoft.CognitiveServices/accounts/"
MODEL = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}

Maker = Callable[..., str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """However pytest was started: what is not marked for Azure is not run there."""
    if azure():
        items[:] = [item for item in items if item.get_closest_marker("on_azure")]


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Target:
    """What tests marked `on_azure` ask: the session's sandbox, or Azure itself in a run on it."""
    return azure() or played_by(request.getfixturevalue("sandbox"))


@pytest.fixture
def signed_in(target: Target, request: pytest.FixtureRequest) -> Target:
    """The target, with this process's environment leading to it as a shell's would."""
    if target.sandbox:
        request.getfixturevalue("shell_env")
    return target


@pytest.fixture
def arm(target: Target) -> Iterator[httpx.Client]:
    """Resource Manager, signed in, by Azure's own names."""
    with target.arm() as client:
        yield client


@pytest.fixture
def group(target: Target, arm: httpx.Client, unique: Callable[[str], str]) -> Iterator[str]:
    """The id of a new resource group; what a test leaves in it goes with it.

    On Azure it is the one group of the run, which is deleted at the end.
    """
    if not target.sandbox:
        yield target.group
        return
    path = f"{SUBSCRIPTION}/resourceGroups/{unique('rg')}"
    answer = arm.put(path, json={"location": "eastus2"})
    assert answer.status_code == 201, answer.text
    yield path
    arm.delete(path)


@pytest.fixture
def make_account(
    arm: httpx.Client, group: str, target: Target, unique: Callable[[str], str]
) -> Maker:
    """Makes a settled account in the group and answers its id."""

    def make(name: str = "", location: str = "", **properties: Any) -> str:
        name = name or unique("acct")
        body = {
            "location": location or target.location,
            "kind": properties.pop("kind", "OpenAI"),
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": name, **properties},
        }
        answer = arm.put(f"{group}{ACCOUNTS}{name}", json=body)
        assert answer.status_code == 201, answer.text
        target.settle(arm, f"{group}{ACCOUNTS}{name}")
        return f"{group}{ACCOUNTS}{name}"

    return make


_SHARED: dict[str, str] = {}
"""On Azure, where making one takes a minute: the account that the tests of a run share."""


@pytest.fixture
def account(target: Target, arm: httpx.Client, make_account: Maker) -> str:
    """The id of a new, settled account in swedencentral; on Azure it is one for all tests."""
    if target.sandbox:
        return make_account()
    shared = _SHARED.get(target.run) or _SHARED.setdefault(target.run, make_account())
    # What the test before has begun would make the next write a conflict.
    for one in arm.get(f"{shared}/deployments").json()["value"]:
        target.settle(arm, one["id"])
    return shared


@pytest.fixture
def make_deployment(arm: httpx.Client, target: Target) -> Maker:
    """Makes a settled deployment of a base model and answers its id."""

    def make(account_id: str, name: str, sku: str = "GlobalStandard", capacity: int = 1) -> str:
        body = {"sku": {"name": sku, "capacity": capacity}, "properties": {"model": MODEL}}
        answer = arm.put(f"{account_id}/deployments/{name}", json=body)
        assert answer.status_code == 201, answer.text
        target.settle(arm, f"{account_id}/deployments/{name}")
        return f"{account_id}/deployments/{name}"

    return make


@pytest.fixture
def cognitive(signed_in: Target) -> Iterator[CognitiveServicesManagementClient]:
    """azure-mgmt-cognitiveservices as anyone configures it: environment variables, public names."""
    from azure.identity import DefaultAzureCredential
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

    with (
        DefaultAzureCredential() as credential,
        CognitiveServicesManagementClient(credential, signed_in.subscription_id) as client,
    ):
        yield client


@pytest.fixture
def resources(signed_in: Target) -> Iterator[ResourceManagementClient]:
    """azure-mgmt-resource by environment variables and public names."""
    from azure.identity import DefaultAzureCredential
    from azure.mgmt.resource.resources import ResourceManagementClient

    with (
        DefaultAzureCredential() as credential,
        ResourceManagementClient(credential, signed_in.subscription_id) as client,
    ):
        yield client


@dataclass(frozen=True)
class Plane:
    """The data plane of one account: both flavours of the OpenAI client, and what they need."""

    target: Target
    arm: httpx.Client
    account: str
    endpoint: str
    key: str
    azure: openai.AzureOpenAI
    v1: openai.OpenAI

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox that answers, for tests that move its clock or break it."""
        assert self.target.sandbox, "a test that is marked on_azure has no sandbox"
        return self.target.sandbox

    def upload(self, data: bytes | Path | Sequence[object], name: str = "data.jsonl") -> str:
        """Uploads bytes, a file or rows, waits for its processing and answers its id."""
        if isinstance(data, Path):
            data = data.read_bytes()
        if not isinstance(data, bytes):
            data = "\n".join(json.dumps(row) for row in data).encode()
        file = self.azure.files.create(file=(name, data), purpose="fine-tune")
        self.processed(file.id)
        return file.id

    def processed(self, file_id: str) -> FileObject:
        """Waits until a file has been looked at, and answers what it has become."""

        def ended() -> FileObject | None:
            found = self.v1.files.retrieve(file_id)
            return found if found.status in ("processed", "error") else None

        return self.target.until(ended)

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
        # One that has just succeeded is not ready yet: minutes pass on Azure.
        self.target.wait(120)
        return name

    def ask(self, deployment: str, *said: str) -> str:
        """The text that a deployment answers to a user's words."""
        answer = self.azure.chat.completions.create(
            model=deployment, messages=[{"role": "user", "content": text} for text in said]
        )
        return answer.choices[0].message.content or ""


@pytest.fixture(scope="module")
def plane(request: pytest.FixtureRequest) -> Iterator[Plane]:
    """The data plane of an account: in a sandbox of the module's own, or in the run on Azure."""
    import openai

    target = azure() or played_by(request.getfixturevalue("alone"), "rg-plane")
    name = "plane" if target.sandbox else f"plane-{uuid.uuid4().hex[:10]}"
    account = f"{target.group}{ACCOUNTS}{name}"
    with target.arm() as arm:
        where, key = _opened(target, arm, account)
        with (
            openai.AzureOpenAI(
                azure_endpoint=where, api_key=key, api_version="2025-04-01-preview", max_retries=0
            ) as dated,
            openai.OpenAI(base_url=f"{where}/openai/v1", api_key=key, max_retries=0) as v1,
        ):
            yield Plane(target, arm, account, where, key, dated, v1)


def _opened(target: Target, arm: httpx.Client, account: str) -> tuple[str, str]:
    """Makes an account; where its data plane is, and a key to it."""
    name = account.rpartition("/")[2]
    if target.sandbox:
        assert arm.put(target.group, json={"location": target.location}).is_success
    body = {
        "location": target.location,
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "properties": {"customSubDomainName": name},
    }
    answer = arm.put(account, json=body)
    assert answer.is_success, answer.text
    target.settle(arm, account)
    if target.sandbox:
        target.wait(60)
    key = arm.post(f"{account}/listKeys").json()["key1"]
    own = f"https://{name}.openai.azure.com"
    return f"{target.sandbox.http}/_acct/{name}" if target.sandbox else own, key
