"""Locks: what they refuse at their scope, above it and below."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

LOCKS = "/providers/Microsoft.Authorization/locks"
Maker = Callable[..., str]


@pytest.fixture
def lock(arm: httpx.Client) -> Callable[[str, str], str]:
    """Locks a scope and answers the lock's id."""

    def make(scope: str, level: str) -> str:
        path = f"{scope}{LOCKS}/hold"
        assert arm.put(path, json={"properties": {"level": level}}).status_code == 201
        return path

    return make


@pytest.mark.proves("PUT locks", "DELETE locks", client="httpx")
@pytest.mark.parametrize("where", ["group", "account"])
def test_what_is_locked_is_not_deleted_until_the_lock_is_gone(
    where: str,
    arm: httpx.Client,
    group: str,
    account: str,
    lock: Callable[[str, str], str],
    sandbox: Sandbox,
) -> None:
    scope = {"group": group, "account": account}[where]
    path = lock(scope, "CanNotDelete")

    refused = [arm.delete(account), arm.delete(group)]
    changed = arm.patch(account, json={"tags": {"a": "b"}})

    for answer, asked in zip(refused, (account, group), strict=True):
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "ScopeLocked")
        assert error["message"] == (
            f"The scope '{asked}' cannot perform delete operation because following scope(s) are "
            f"locked: '{scope}'. Please remove the lock and try again."
        )
    assert changed.status_code == 200
    assert arm.delete(path).status_code == 200
    sandbox.advance(seconds=5)
    assert arm.delete(account).status_code == 200


def test_a_read_only_lock_refuses_every_change_and_no_read(
    arm: httpx.Client, group: str, account: str, lock: Callable[[str, str], str]
) -> None:
    path = lock(group, "ReadOnly")

    answers = [
        arm.patch(account, json={"tags": {"a": "b"}}),
        arm.put(group, json={"location": "eastus2"}),
        arm.post(f"{account}/listKeys"),
        arm.delete(account),
    ]

    assert [one.json()["error"]["code"] for one in answers] == ["ScopeLocked"] * 4
    assert arm.get(account).status_code == 200
    assert arm.delete(path).status_code == 200
    assert arm.post(f"{account}/listKeys").status_code == 200


def test_a_lock_holds_nothing_beside_its_scope(
    arm: httpx.Client, account: str, make_account: Maker, lock: Callable[[str, str], str]
) -> None:
    other = make_account(f"{account.rpartition('/')[2]}-more")
    path = lock(account, "CanNotDelete")

    assert arm.delete(other).status_code == 200
    arm.delete(path)


@pytest.mark.proves("GET locks (list)", client="httpx")
def test_locks_are_listed_at_their_scope_and_above(
    arm: httpx.Client, group: str, account: str, lock: Callable[[str, str], str]
) -> None:
    path = lock(account, "CanNotDelete")

    above = arm.get(f"{group}{LOCKS}").json()["value"]
    exact = arm.get(f"{group}{LOCKS}", params={"$filter": "atScope()"}).json()["value"]

    assert ([one["id"] for one in above], exact) == ([path], [])
    arm.delete(path)
    wrong = arm.put(path, json={"properties": {"level": "Sometimes"}})
    assert wrong.json()["error"]["code"] == "InvalidLockLevel"
