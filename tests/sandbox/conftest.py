"""What the sandbox's tests have in common: a group, an account, and Azure's own SDK clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
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
def group(arm: httpx.Client, unique: Callable[[str], str]) -> str:
    """The id of a new resource group."""
    path = f"{SUBSCRIPTION}/resourceGroups/{unique('rg')}"
    answer = arm.put(path, json={"location": "eastus2"})
    assert answer.status_code == 201, answer.text
    return path


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
