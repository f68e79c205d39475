"""A caller is told what it may do: one entry for each of its roles at a scope and above."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Json = dict[str, Any]
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
AUTHORIZATION = "/providers/Microsoft.Authorization"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


@pytest.mark.proves(
    "GET permissions", client="httpx", differs="no conditions; deny assignments are not counted"
)
def test_the_owner_is_told_that_it_may_do_anything(arm: httpx.Client) -> None:
    told = arm.get(f"{SUBSCRIPTION}{AUTHORIZATION}/permissions").json()["value"]

    assert {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []} in told


def test_a_reader_of_a_group_is_told_so_there_and_nothing_above(
    sandbox: Sandbox, arm: httpx.Client, group: str, unique: Callable[[str], str]
) -> None:
    path = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{unique('who')}"
    who: Json = arm.put(path, json={"location": "eastus2"}).json()["properties"]
    role = f"{SUBSCRIPTION}{AUTHORIZATION}/roleDefinitions/{READER}"
    body = {"roleDefinitionId": role, "principalId": who["principalId"]}
    arm.put(f"{group}{AUTHORIZATION}/roleAssignments/{uuid.uuid4()}", json={"properties": body})
    token = sandbox.plain.get(
        "/metadata/identity/oauth2/token",
        params={"resource": "https://management.azure.com", "client_id": who["clientId"]},
        headers={"metadata": "true"},
    ).json()["access_token"]
    own = {"authorization": f"Bearer {token}"}

    told = arm.get(f"{group}{AUTHORIZATION}/permissions", headers=own)
    above = arm.get(f"{SUBSCRIPTION}{AUTHORIZATION}/permissions", headers=own)

    assert [each["actions"] for each in told.json()["value"]] == [["*/read"]]
    assert (above.status_code, above.json()["error"]["code"]) == (403, "AuthorizationFailed")
