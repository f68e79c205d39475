"""Sign-in and the cloud's description, through azure-identity and as Go's clients ask."""

from __future__ import annotations

import base64
import json
import ssl
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
TENANT = "11111111-1111-1111-1111-111111111111"
ARM = "https://management.azure.com/.default"


@pytest.fixture
def login(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """The sign-in host, through the proxy."""
    with httpx.Client(
        base_url="https://login.microsoftonline.com",
        proxy=sandbox.running.proxy,
        verify=ssl.create_default_context(cafile=sandbox.running.ca),
        trust_env=False,
    ) as client:
        yield client


def _claims(token: str) -> dict[str, object]:
    middle = token.split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(middle + "=="))
    return found


@pytest.mark.proves(
    "POST token",
    client="azure-identity",
    differs="two published clients and managed identities; no people, no groups, no certificates",
)
def test_default_credential_signs_in_by_the_shells_variables(shell_env: Sandbox) -> None:
    from azure.identity import DefaultAzureCredential

    with DefaultAzureCredential() as credential:
        claims = _claims(credential.get_token(ARM).token)

    assert claims["tid"] == TENANT
    assert claims["aud"] == "https://management.azure.com"
    assert {"oid", "appid", "exp"} <= claims.keys()
    assert shell_env.env["AZURE_TENANT_ID"] == TENANT


def test_default_credential_signs_in_by_explicit_endpoints(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.identity import EnvironmentCredential
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in sandbox.endpoints.items():
        monkeypatch.setenv(name, value)

    with (
        EnvironmentCredential() as credential,
        CognitiveServicesManagementClient(
            credential,
            sandbox.endpoints["AZURE_SUBSCRIPTION_ID"],
            base_url=sandbox.endpoints["AZURE_RESOURCE_MANAGER_URL"],
        ) as client,
    ):
        assert isinstance(list(client.accounts.list()), list)


@pytest.mark.proves("GET metadata/identity/oauth2/token", client="azure-identity")
def test_a_managed_identity_signs_in_on_plain_http(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.identity import ManagedIdentityCredential

    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", sandbox.http)

    with ManagedIdentityCredential() as credential:
        assert _claims(credential.get_token(ARM).token)["tid"] == TENANT


def test_a_managed_identity_must_say_metadata(sandbox: Sandbox) -> None:
    path = "/metadata/identity/oauth2/token?resource=https://management.azure.com"

    assert sandbox.plain.get(path).status_code == 400


def test_a_wrong_secret_is_refused_as_entra_does(shell_env: Sandbox) -> None:
    from azure.core.exceptions import ClientAuthenticationError
    from azure.identity import ClientSecretCredential

    client_id = shell_env.env["AZURE_CLIENT_ID"]
    with (
        ClientSecretCredential(TENANT, client_id, "wrong") as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215"),
    ):
        credential.get_token(ARM)


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
        (
            {"grant_type": "client_credentials", "client_id": "x", "client_secret": "sandbox"},
            400,
            "unauthorized_client",
        ),
        (
            {
                "grant_type": "client_credentials",
                "client_id": "33333333-3333-3333-3333-333333333333",
            },
            401,
            "invalid_client",
        ),
    ],
)
def test_a_token_request_that_is_wrong_is_told_so(
    login: httpx.Client, form: dict[str, str], status: int, error: str
) -> None:
    answer = login.post(f"/{TENANT}/oauth2/v2.0/token", data=form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("path", [f"/{TENANT}/v2.0", "/organizations/v2.0", "/adfs"])
@pytest.mark.proves("GET openid-configuration", client="httpx")
def test_the_openid_document_has_what_go_and_python_read(login: httpx.Client, path: str) -> None:
    found = login.get(f"{path}/.well-known/openid-configuration").json()

    for name in ("issuer", "authorization_endpoint", "token_endpoint"):
        assert found[name].startswith("https://login.microsoftonline.com/"), name


@pytest.mark.proves(
    "GET discovery/keys",
    client="httpx",
    differs="there are none: tokens are signed with a secret of the sandbox",
)
def test_no_key_is_published_to_check_tokens_with(login: httpx.Client) -> None:
    found = login.get(f"/{TENANT}/v2.0/.well-known/openid-configuration").json()

    assert login.get(found["jwks_uri"]).json() == {"keys": []}


@pytest.mark.proves("GET discovery/instance", client="httpx")
def test_instance_discovery_answers_for_the_host_that_asks(login: httpx.Client) -> None:
    query = {"authorization_endpoint": f"https://login.microsoftonline.com/{TENANT}/authorize"}

    found = login.get("/common/discovery/instance", params=query).json()

    assert TENANT in found["tenant_discovery_endpoint"]
    assert "login.microsoftonline.com" in found["metadata"][0]["aliases"]


@pytest.mark.proves("GET metadata/endpoints", client="httpx")
def test_the_clouds_description_has_three_versions(arm: httpx.Client, sandbox: Sandbox) -> None:
    path = "/metadata/endpoints?api-version="

    new, listed, old = (
        arm.get(path + v).json() for v in ("2022-09-01", "2019-05-01", "2015-01-01")
    )
    local = sandbox.plain.get(path + "2022-09-01").json()

    assert listed == [new]
    assert new["authentication"]["loginEndpoint"] == "https://login.microsoftonline.com"
    assert new["authentication"]["identityProvider"] == "AAD"
    assert new["authentication"]["tenant"] == "common"
    assert new["authentication"]["audiences"]
    assert {"name", "resourceManager", "microsoftGraphResourceId", "suffixes"} <= new.keys()
    assert old["authentication"]["loginEndpoint"]
    assert local["resourceManager"].startswith(sandbox.http)
    assert sandbox.plain.get("/metadata/endpoints").status_code == 400


def test_no_token_is_a_challenge(sandbox: Sandbox) -> None:
    answer = sandbox.plain.get(f"{SUBSCRIPTION}?api-version=2022-12-01")

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AuthenticationFailed")
    assert answer.headers["www-authenticate"].startswith("Bearer authorization_uri=")
    assert answer.headers["date"]


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Bearer anything", "InvalidAuthenticationToken"),
        ("Bearer a.b.c", "InvalidAuthenticationToken"),
        ("Basic eDp5", "AuthenticationFailed"),
    ],
)
def test_a_token_of_somebody_elses_is_refused(
    sandbox: Sandbox, authorization: str, code: str
) -> None:
    url = f"{SUBSCRIPTION}?api-version=2022-12-01"

    answer = sandbox.plain.get(url, headers={"authorization": authorization})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, code)


def test_a_token_for_another_audience_is_refused(sandbox: Sandbox) -> None:
    token = sandbox.token("https://vault.azure.net/.default")
    url = f"{SUBSCRIPTION}?api-version=2022-12-01"

    answer = sandbox.plain.get(url, headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationTokenAudience"


@pytest.mark.parametrize("scope", ["https://management.core.windows.net//.default", ARM])
def test_both_of_resource_managers_audiences_are_good(sandbox: Sandbox, scope: str) -> None:
    headers = {"authorization": f"Bearer {sandbox.token(scope)}"}

    answer = sandbox.plain.get(f"{SUBSCRIPTION}?api-version=2022-12-01", headers=headers)

    assert answer.status_code == 200
