"""A strict sandbox: every type is held to the api-versions that it lists."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.conftest import start_sandbox, stop_sandbox

from ftops_sandbox.arm.resource_type import ResourceType, resource_types

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
COGNITIVE = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices"
TYPES = [pytest.param(kind, id=kind.name) for kind in resource_types().values()]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Resource Manager of a strict sandbox; URLs bring their own api-version."""
    started = start_sandbox(tmp_path_factory.mktemp("strict") / "sandbox", "--strict")
    with started.arm(api_version=None) as client:
        yield client
    stop_sandbox(started)


def _path(kind: ResourceType) -> str:
    first, *rest = kind.name.partition("/")[2].split("/")
    inner = "".join(f"/above/{word}" for word in rest)
    return f"{SUBSCRIPTION}/providers/{kind.namespace}/{first}{inner}"


@pytest.mark.parametrize("kind", TYPES)
def test_a_version_that_a_type_does_not_list_is_refused_with_those_it_does(
    strict: httpx.Client, kind: ResourceType
) -> None:
    path = _path(kind)

    refused = strict.get(path, params={"api-version": "2031-01-01"})
    newest = strict.get(path, params={"api-version": kind.api_versions[-1]})

    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (400, "NoRegisteredProviderFound")
    assert f"'{', '.join(kind.api_versions)}'" in error["message"]
    assert f"for type '{kind.name.partition('/')[2].replace('/above', '')}'" in error["message"]
    assert newest.status_code in (200, 404)


def test_what_is_asked_of_a_region_goes_by_the_accounts_versions(strict: httpx.Client) -> None:
    path = f"{COGNITIVE}/locations/eastus2/models"

    statuses = [
        strict.get(path, params={"api-version": version}).status_code
        for version in ("2025-06-01", "2031-01-01")
    ]

    assert statuses == [200, 400]


def test_operations_are_polled_in_the_version_of_long_ago(strict: httpx.Client) -> None:
    group = f"{SUBSCRIPTION}/resourceGroups/strict"
    strict.put(f"{group}?api-version=2021-04-01", json={"location": "eastus2"})
    body = {"location": "eastus2", "kind": "OpenAI", "sku": {"name": "S0"}}
    path = f"{group}/providers/Microsoft.CognitiveServices/accounts/one"

    made = strict.put(f"{path}?api-version=2025-06-01", json=body)

    assert made.status_code == 201
    assert strict.get(made.headers["azure-asyncoperation"]).status_code == 200
