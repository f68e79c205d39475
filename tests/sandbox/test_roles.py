"""Roles: what a principal may do is what its assignments say, at a scope and below."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Json = dict[str, Any]
Assign = Callable[[str, str, str], str]
Make = Callable[..., str]
TENANT = "11111111-1111-1111-1111-111111111111"
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
CLIENT = "66666666-6666-6666-6666-666666666666"
ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"
DEFINITIONS = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
DATA = "https://cognitiveservices.azure.com/.default"
ARM = "https://management.azure.com/.default"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
OPENAI_CONTRIBUTOR = "a001fd3d-188f-4b5d-821b-7da978bf7442"


@pytest.fixture
def who(arm: httpx.Client, group: str, unique: Callable[[str], str]) -> Json:
    """A new managed identity: a principal without any role."""
    path = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{unique('who')}"
    made: Json = arm.put(path, json={"location": "eastus2"}).json()
    return {"id": made["id"], **made["properties"]}


@pytest.fixture
def assign(arm: httpx.Client) -> Iterator[Assign]:
    """Gives a principal a role at a scope, for the length of a test."""
    made = []

    def give(scope: str, principal: str, role: str) -> str:
        path = f"{scope}{ASSIGNMENTS}/{uuid.uuid4()}"
        body = {"roleDefinitionId": f"{DEFINITIONS}/{role}", "principalId": principal}
        answer = arm.put(path, json={"properties": body})
        assert answer.status_code == 201, answer.text
        made.append(path)
        return path

    yield give
    for path in made:
        arm.delete(path)


def _token(sandbox: Sandbox, who: Json, resource: str = "https://management.azure.com") -> str:
    answer = sandbox.plain.get(
        "/metadata/identity/oauth2/token",
        params={"resource": resource, "client_id": who["clientId"]},
        headers={"metadata": "true"},
    )
    token: str = answer.json()["access_token"]
    return token


@contextmanager
def _as(sandbox: Sandbox, token: str) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url="https://management.azure.com",
        headers={"authorization": f"Bearer {token}"},
        params={"api-version": "2025-06-01"},
        proxy=sandbox.running.proxy,
        verify=ssl.create_default_context(cafile=sandbox.running.ca),
        trust_env=False,
    ) as client:
        yield client


def test_without_a_role_nothing_is_allowed(sandbox: Sandbox, who: Json, account: str) -> None:
    with _as(sandbox, _token(sandbox, who)) as client:
        answer = client.get(account)

        assert answer.status_code == 403
        assert answer.json()["error"] == {
            "code": "AuthorizationFailed",
            "message": f"The client '{who['clientId']}' with object id '{who['principalId']}' does "
            "not have authorization to perform action 'Microsoft.CognitiveServices/accounts/read' "
            f"over scope '{account}' or the scope is invalid. If access was recently granted, "
            "please refresh your credentials.",
        }
        assert client.get("/subscriptions").json()["value"] == []


@pytest.mark.proves("PUT roleAssignments", client="httpx", differs="counts at once")
@pytest.mark.parametrize("above", ["subscription", "group", "account"])
def test_a_reader_reads_and_deletes_nothing(
    sandbox: Sandbox, who: Json, account: str, group: str, assign: Assign, above: str
) -> None:
    scope = {"subscription": SUBSCRIPTION, "group": group, "account": account}[above]
    assign(scope, who["principalId"], READER)

    with _as(sandbox, _token(sandbox, who)) as client:
        read = client.get(account)
        refused = [
            client.delete(account),
            client.patch(account, json={"tags": {}}),
            client.post(f"{account}/listKeys"),
        ]

    assert read.status_code == 200
    verbs = ("delete", "write", "listKeys/action")
    for answer, verb in zip(refused, verbs, strict=True):
        assert answer.status_code == 403
        message = answer.json()["error"]["message"]
        assert f"'Microsoft.CognitiveServices/accounts/{verb}' over scope '{account}'" in message


def test_a_role_reaches_no_further_than_its_scope(
    sandbox: Sandbox, who: Json, account: str, group: str, make_account: Make, assign: Assign
) -> None:
    other = make_account(f"{account.rpartition('/')[2]}-more")
    assign(account, who["principalId"], CONTRIBUTOR)

    with _as(sandbox, _token(sandbox, who)) as client:
        statuses = [client.get(path).status_code for path in (account, other, group)]

    assert statuses == [200, 403, 403]


def test_a_contributor_gives_no_roles(
    sandbox: Sandbox, who: Json, group: str, assign: Assign
) -> None:
    assign(group, who["principalId"], CONTRIBUTOR)
    body = {"roleDefinitionId": f"{DEFINITIONS}/{READER}", "principalId": who["principalId"]}

    with _as(sandbox, _token(sandbox, who)) as client:
        tagged = client.patch(group, json={"tags": {"a": "b"}})
        given = client.put(f"{group}{ASSIGNMENTS}/{uuid.uuid4()}", json={"properties": body})

    assert (tagged.status_code, given.status_code) == (200, 403)


@pytest.mark.proves("DELETE roleAssignments", client="httpx", differs="counts at once")
def test_a_role_that_is_taken_away_counts_no_longer(
    arm: httpx.Client, sandbox: Sandbox, who: Json, account: str, assign: Assign
) -> None:
    path = assign(account, who["principalId"], READER)

    with _as(sandbox, _token(sandbox, who)) as client:
        before = client.get(account).status_code
        arm.delete(path)
        after = client.get(account).status_code

    assert (before, after) == (200, 403)


def test_a_second_client_signs_in_and_has_what_it_is_given(
    sandbox: Sandbox, account: str, assign: Assign
) -> None:
    from azure.identity import ClientSecretCredential

    with pytest.MonkeyPatch.context() as patch:
        for name, value in sandbox.env.items():
            patch.setenv(name, value)
        with ClientSecretCredential(TENANT, CLIENT, "sandbox") as credential:
            token = credential.get_token(ARM).token
    with _as(sandbox, token) as client:
        before = client.get(account).status_code
        assign(account, "77777777-7777-7777-7777-777777777777", READER)
        after = [client.get(account).status_code, client.delete(account).status_code]

    assert (before, after) == (403, [200, 403])


def _ask(sandbox: Sandbox, account: str, token: str, method: str, path: str) -> httpx.Response:
    return sandbox.plain.request(
        method,
        f"/_acct/{account.rpartition('/')[2]}/openai/v1/{path}",
        headers={"authorization": f"Bearer {token}"},
        json={"model": "gpt-4.1-mini", "training_file": "file-0"} if method == "POST" else None,
    )


def test_an_openai_user_asks_and_trains_nothing(
    sandbox: Sandbox, who: Json, account: str, assign: Assign
) -> None:
    token = _token(sandbox, who, "https://cognitiveservices.azure.com")
    assign(account, who["principalId"], OPENAI_USER)

    read = _ask(sandbox, account, token, "GET", "fine_tuning/jobs")
    asked = _ask(sandbox, account, token, "POST", "chat/completions")
    trained = _ask(sandbox, account, token, "POST", "fine_tuning/jobs")

    assert read.status_code == 200
    assert asked.json()["error"]["code"] != "PermissionDenied"
    assert (trained.status_code, trained.json()["error"]["code"]) == (401, "PermissionDenied")
    message = trained.json()["error"]["message"]
    assert "`Microsoft.CognitiveServices/accounts/OpenAI/fine-tunes/write`" in message
    assert f"principal `{who['principalId']}`" in message
    assign(account, who["principalId"], OPENAI_CONTRIBUTOR)
    assert _ask(sandbox, account, token, "POST", "fine_tuning/jobs").status_code != 401


def test_rights_over_a_resource_are_none_over_its_data(
    sandbox: Sandbox, who: Json, account: str, assign: Assign
) -> None:
    token = _token(sandbox, who, "https://cognitiveservices.azure.com")
    assign(account, who["principalId"], CONTRIBUTOR)

    answer = _ask(sandbox, account, token, "GET", "models")

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (
            {"roleDefinitionId": f"{DEFINITIONS}/99999999-9999-9999-9999-999999999999"},
            (400, "RoleDefinitionDoesNotExist"),
        ),
        ({"principalId": "me"}, (400, "InvalidPrincipalId")),
        ({}, (409, "RoleAssignmentExists")),
    ],
)
def test_an_assignment_without_sense_is_refused(
    arm: httpx.Client,
    group: str,
    who: Json,
    assign: Assign,
    change: Json,
    refusal: tuple[int, str],
) -> None:
    assign(group, who["principalId"], READER)
    body = {"roleDefinitionId": f"{DEFINITIONS}/{READER}", "principalId": who["principalId"]}

    answer = arm.put(f"{group}{ASSIGNMENTS}/{uuid.uuid4()}", json={"properties": body | change})

    assert (answer.status_code, answer.json()["error"]["code"]) == refusal


@pytest.mark.proves("GET roleAssignments (list)", client="httpx")
def test_assignments_are_found_by_principal_and_by_scope(
    arm: httpx.Client, who: Json, account: str, group: str, assign: Assign
) -> None:
    mine = assign(account, who["principalId"], READER)
    above = assign(group, who["principalId"], OPENAI_USER)

    def listed(scope: str, expression: str) -> set[str]:
        query = {"$filter": expression}
        found = arm.get(f"{scope}{ASSIGNMENTS}", params=query).json()["value"]
        return {one["id"] for one in found}

    principal = f"principalId eq '{who['principalId']}'"
    assert listed(group, principal) == {mine, above}
    assert listed(group, f"atScope() and {principal}") == {above}
    assert listed(account, f"atScope() and {principal}") == {mine, above}
    assert {mine, above} <= listed(SUBSCRIPTION, "")


def test_the_one_client_is_owner_of_the_subscription(arm: httpx.Client) -> None:
    query = {"$filter": "principalId eq '44444444-4444-4444-4444-444444444444'"}

    found = arm.get(f"{SUBSCRIPTION}{ASSIGNMENTS}", params=query).json()["value"]

    roles = [arm.get(one["properties"]["roleDefinitionId"]).json() for one in found]
    names = {one["properties"]["roleName"] for one in roles}
    assert names == {"Owner", "Cognitive Services OpenAI Contributor"}


@pytest.mark.proves(
    "GET roleDefinitions",
    "GET roleDefinitions (list)",
    client="httpx",
    differs="fourteen roles, with abridged permissions",
)
def test_built_in_roles_are_listed_found_by_name_and_kept(arm: httpx.Client, group: str) -> None:
    listed = {one["name"] for one in arm.get(DEFINITIONS).json()["value"]}
    by_name = arm.get(
        f"{group}/providers/Microsoft.Authorization/roleDefinitions",
        params={"$filter": "roleName eq 'Cognitive Services OpenAI User'"},
    ).json()["value"]
    at_tenant = arm.get(f"/providers/Microsoft.Authorization/roleDefinitions/{READER}")

    assert {READER, CONTRIBUTOR, OPENAI_USER, OPENAI_CONTRIBUTOR} <= listed
    assert [one["name"] for one in by_name] == [OPENAI_USER]
    assert at_tenant.json()["properties"]["roleName"] == "Reader"
    assert arm.delete(f"{DEFINITIONS}/{READER}").status_code == 403


@pytest.mark.proves("PUT roleDefinitions", "DELETE roleDefinitions", client="httpx")
def test_a_custom_role_is_what_it_says_and_stays_while_somebody_has_it(
    arm: httpx.Client, sandbox: Sandbox, who: Json, account: str, assign: Assign
) -> None:
    role = f"{DEFINITIONS}/{uuid.uuid4()}"
    permission = {
        "actions": ["Microsoft.CognitiveServices/accounts/*"],
        "notActions": ["Microsoft.CognitiveServices/accounts/listKeys/action"],
    }
    body = {"roleName": role[-36:], "permissions": [permission]}
    assert arm.put(role, json={"properties": body}).status_code == 201
    path = assign(account, who["principalId"], role[-36:])

    with _as(sandbox, _token(sandbox, who)) as client:
        statuses = [client.get(account).status_code, client.post(f"{account}/listKeys").status_code]
    held = arm.delete(role)
    arm.delete(path)

    assert statuses == [200, 403]
    assert held.json()["error"]["code"] == "RoleDefinitionHasAssignments"
    assert arm.delete(role).status_code == 200


def test_an_identity_that_there_is_not_gets_no_token(sandbox: Sandbox) -> None:
    answer = sandbox.plain.get(
        "/metadata/identity/oauth2/token",
        params={"resource": ARM, "client_id": str(uuid.uuid4())},
        headers={"metadata": "true"},
    )

    assert (answer.status_code, answer.json()["error_description"]) == (400, "Identity not found")


def test_an_identity_signs_in_by_federation(sandbox: Sandbox, who: Json) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": who["clientId"],
        "scope": ARM,
        "client_assertion": "of somebody else's",
    }

    signed = sandbox.plain.post(f"/{TENANT}/oauth2/v2.0/token", data=form)
    del form["client_assertion"]
    unsigned = sandbox.plain.post(f"/{TENANT}/oauth2/v2.0/token", data=form)

    assert (signed.status_code, unsigned.status_code) == (200, 400)


@pytest.mark.proves("POST devicecode", "GET devicecode", client="httpx", differs="always refused")
def test_a_device_code_is_refused_with_what_to_do(sandbox: Sandbox) -> None:
    form = {"client_id": CLIENT, "scope": ARM}

    answer = sandbox.plain.post(f"/{TENANT}/oauth2/v2.0/devicecode", data=form)

    old = sandbox.plain.get(f"/{TENANT}/oauth2/devicecode", params=form)

    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert (old.status_code, old.json()["error"]) == (400, "unauthorized_client")
    assert "ftops sandbox env" in answer.json()["error_description"]
