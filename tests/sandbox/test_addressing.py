"""The data plane's addresses and locks: which account a request means, and who may ask it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

DATA = "https://cognitiveservices.azure.com/.default"
MODELS = "/openai/v1/models"

Maker = Callable[..., str]


@pytest.fixture
def data(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Any Azure host, through the proxy."""
    with httpx.Client(
        proxy=sandbox.running.proxy,
        verify=ssl.create_default_context(cafile=sandbox.running.ca),
        trust_env=False,
    ) as client:
        yield client


def _name(account: str) -> str:
    return account.rpartition("/")[2]


def _is_let_in(answer: httpx.Response) -> bool:
    return answer.status_code not in (401, 403)


@pytest.mark.parametrize(
    "suffix", ["openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com"]
)
def test_an_account_is_found_by_its_host_name(
    data: httpx.Client, arm: httpx.Client, account: str, suffix: str
) -> None:
    key = arm.post(f"{account}/listKeys").json()["key1"]
    url = f"https://{_name(account).upper()}.{suffix}{MODELS}"

    assert _is_let_in(data.get(url, headers={"api-key": key}))
    assert data.get(url, headers={"api-key": "wrong"}).status_code == 401


def test_an_account_is_found_by_a_path(sandbox: Sandbox, arm: httpx.Client, account: str) -> None:
    key = arm.post(f"{account}/listKeys").json()["key2"]
    url = f"/_acct/{_name(account)}{MODELS}"

    assert _is_let_in(sandbox.plain.get(url, headers={"api-key": key}))
    assert _is_let_in(sandbox.plain.get(url, headers={"authorization": f"Bearer {key}"}))
    assert sandbox.plain.get(url).status_code == 401


def test_an_account_that_is_not_there_is_404_in_the_data_planes_shape(
    data: httpx.Client, sandbox: Sandbox
) -> None:
    answers = [
        data.get(f"https://nobody-here.openai.azure.com{MODELS}", headers={"api-key": "k"}),
        sandbox.plain.get(f"/_acct/nobody-here{MODELS}"),
        data.get(f"https://management.azure.com{MODELS}"),
        sandbox.plain.get(MODELS),
    ]

    for answer in answers:
        assert answer.status_code == 404
        assert answer.json() == {"error": {"code": "404", "message": "Resource not found"}}


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (DATA, 200),
        ("https://ai.azure.com/.default", 200),
        ("https://management.azure.com/.default", 200),
        ("https://vault.azure.net/.default", 401),
    ],
)
def test_a_token_must_be_for_the_data_plane(
    data: httpx.Client, sandbox: Sandbox, account: str, scope: str, status: int
) -> None:
    headers = {"authorization": f"Bearer {sandbox.token(scope)}"}

    answer = data.get(f"https://{_name(account)}.openai.azure.com{MODELS}", headers=headers)

    assert answer.status_code == status


def test_an_account_without_key_access_takes_tokens_alone(
    data: httpx.Client, sandbox: Sandbox, arm: httpx.Client, account: str
) -> None:
    key = arm.post(f"{account}/listKeys").json()["key1"]
    arm.patch(account, json={"properties": {"disableLocalAuth": True}})
    url = f"https://{_name(account)}.openai.azure.com{MODELS}"

    by_key = data.get(url, headers={"api-key": key})
    by_token = data.get(url, headers={"authorization": f"Bearer {sandbox.token(DATA)}"})

    assert by_key.status_code == 403
    assert by_key.json()["error"]["code"] == "AuthenticationTypeDisabled"
    assert _is_let_in(by_token)


def test_a_renewed_key_ends_the_old_one(
    data: httpx.Client, arm: httpx.Client, account: str
) -> None:
    old = arm.post(f"{account}/listKeys").json()["key1"]
    new = arm.post(f"{account}/regenerateKey", json={"keyName": "Key1"}).json()["key1"]
    url = f"https://{_name(account)}.openai.azure.com{MODELS}"

    assert data.get(url, headers={"api-key": old}).status_code == 401
    assert _is_let_in(data.get(url, headers={"api-key": new}))


def test_a_deleted_account_answers_no_more(
    data: httpx.Client, arm: httpx.Client, account: str
) -> None:
    key = arm.post(f"{account}/listKeys").json()["key1"]
    arm.delete(account)

    answer = data.get(
        f"https://{_name(account)}.openai.azure.com{MODELS}", headers={"api-key": key}
    )

    assert answer.status_code == 404
