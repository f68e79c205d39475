"""Restorations: the last kept body of a name, without what only Azure writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ftops.ledger import Entry, Pages
from ftops.restoration import find_kept, parse_restoration
from ftops_catalog.errors import BadUsage

NOW = datetime(2026, 11, 21, 8, 20, 0, 123, tzinfo=UTC)
BODY: dict[str, Any] = {
    "id": "x",
    "etag": '"1"',
    "sku": {"name": "Standard", "capacity": 1},
    "tags": {"owner": "ana", "Expires-At": "2020-01-01T00:00:00Z"},
    "properties": {
        "model": {"format": "OpenAI", "name": "m", "version": "1", "source": "/home"},
        "raiPolicyName": "strict",
        "notYetInvented": True,
        "provisioningState": "Succeeded",
        "rateLimits": [],
    },
    "systemData": {},
}


def entry(account: str, name: str = "d", body: dict[str, Any] | None = BODY) -> Entry:
    subject = f"/subscriptions/s/resourceGroups/g/providers/P/accounts/{account}/deployments/{name}"
    return Entry("deleted", NOW, subject, body or {})


def test_only_what_azure_itself_writes_is_left_out() -> None:
    found = parse_restoration(entry("a"), NOW)

    assert (found.name, found.account, found.model) == ("d", "a", "m")
    assert found.body == {
        "sku": BODY["sku"],
        "tags": {"owner": "ana", "expires-at": "2026-11-21T08:20:00Z"},
        "properties": {
            "model": BODY["properties"]["model"],
            "raiPolicyName": "strict",
            "notYetInvented": True,
        },
    }


def test_the_newest_body_is_found_past_entries_without_one() -> None:
    newer = BODY | {"etag": '"2"'}
    pages = Pages((entry("a"), entry("a", body=newer), entry("a", body=None)))

    assert find_kept(pages, "D", None).body == newer


def test_a_name_on_two_accounts_wants_to_be_told_which() -> None:
    pages = Pages((entry("a"), entry("b")))

    with pytest.raises(BadUsage, match="on several accounts: a, b"):
        find_kept(pages, "d", None)
    assert find_kept(pages, "d", "B").subject == entry("b").subject


def test_an_unknown_name_is_told_what_is_known() -> None:
    with pytest.raises(BadUsage) as refused:
        find_kept(Pages((entry("a"),)), "e", None)

    assert "d" in refused.value.hint
