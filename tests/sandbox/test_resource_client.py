"""Groups, resources and providers through azure-mgmt-resource, as anyone configures it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from azure.mgmt.resource.resources import ResourceManagementClient
    from tests.azure.target import Target


@pytest.mark.proves("PUT resourceGroups", client="azure-mgmt-resource")
@pytest.mark.proves("GET resourceGroups (list)", client="azure-mgmt-resource")
@pytest.mark.proves("DELETE resourceGroups", client="azure-mgmt-resource")
@pytest.mark.on_azure(cost_max_usd="0")
def test_the_sdk_makes_a_group_and_waits_for_its_end(
    resources: ResourceManagementClient, target: Target, unique: Callable[[str], str]
) -> None:
    name, tags = unique("rg"), {"owner": "sdk", **target.tags}

    made = resources.resource_groups.create_or_update(name, {"location": "eastus2", "tags": tags})
    there = [one.name for one in resources.resource_groups.list()]
    resources.resource_groups.begin_delete(name).result()

    assert made.tags == tags
    assert name in there
    assert not resources.resource_groups.check_existence(name)


@pytest.mark.proves("GET resources", "GET providers", client="azure-mgmt-resource")
@pytest.mark.on_azure(cost_max_usd="0")
def test_the_sdk_finds_an_account_among_all_resources(
    resources: ResourceManagementClient, account: str
) -> None:
    group = account.split("/")[4]

    found = [one.id for one in resources.resources.list_by_resource_group(group)]
    provider = resources.providers.get("Microsoft.CognitiveServices")

    assert account in found
    assert all(one and f"/resourceGroups/{group}/" in one for one in found)
    assert provider.registration_state == "Registered"
    assert "accounts" in [one.resource_type for one in provider.resource_types or []]


@pytest.mark.on_azure(cost_max_usd="0")
@pytest.mark.proves("POST providers/register", client="azure-mgmt-resource")
def test_the_sdk_registers_a_provider(resources: ResourceManagementClient) -> None:
    found = resources.providers.register("Microsoft.CognitiveServices")

    assert found.namespace == "Microsoft.CognitiveServices"
    assert found.registration_state in {"Registered", "Registering"}
