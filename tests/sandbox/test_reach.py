"""Network rules of an account: what they close, and what opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Make = Callable[..., str]
CLOSED = {"publicNetworkAccess": "Disabled"}
DENIED = {"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "10.0.0.0/8"}]}}
LISTED = {"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "127.0.0.1"}]}}


def _ask(sandbox: Sandbox, arm: httpx.Client, account: str) -> httpx.Response:
    key = arm.post(f"{account}/listKeys").json()["key1"]
    path = f"/_acct/{account.rpartition('/')[2]}/openai/v1/models"
    return sandbox.plain.get(path, headers={"api-key": key})


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        (CLOSED, "Public access is disabled. Please configure private endpoint."),
        (DENIED, "Access denied due to Virtual Network/Firewall rules."),
    ],
)
def test_a_closed_account_answers_nobody_and_is_still_managed(
    sandbox: Sandbox,
    arm: httpx.Client,
    make_account: Make,
    properties: dict[str, Any],
    message: str,
) -> None:
    account = make_account(**properties)

    answer = _ask(sandbox, arm, account)

    assert answer.status_code == 403
    assert answer.json()["error"] == {"code": "403", "message": message}
    assert arm.get(account).status_code == 200


def test_an_address_that_is_listed_comes_through(
    sandbox: Sandbox, arm: httpx.Client, make_account: Make
) -> None:
    assert _ask(sandbox, arm, make_account(**LISTED)).status_code == 200


def test_an_approved_private_endpoint_opens_a_closed_account(
    sandbox: Sandbox, arm: httpx.Client, make_account: Make
) -> None:
    account = make_account(**CLOSED)
    path = f"{account}/privateEndpointConnections/mine"

    def connect(status: str) -> int:
        state = {"privateLinkServiceConnectionState": {"status": status}}
        assert arm.put(path, json={"properties": state}).status_code == 200
        return _ask(sandbox, arm, account).status_code

    assert [connect(status) for status in ("Pending", "Approved", "Rejected")] == [403, 200, 403]
