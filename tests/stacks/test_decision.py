"""The decisions of the components as plain functions of plain values, table by table."""

from __future__ import annotations

from typing import Any

import pytest

from ftops.declared.account import Account
from ftops.declared.monitoring import Budget
from ftops.environment import Environment, parse_environment
from ftops_catalog.catalog import read_catalog

WHERE = {"location": "swedencentral", "accounts": [{"name": "oai"}]}


def _environment(**more: Any) -> Environment:
    return parse_environment({**WHERE, **more}, read_catalog(), "test")


def _account(**more: Any) -> Account:
    account = {"name": "oai", **more}
    identities = [{"name": "id-a"}, {"name": "id-b"}]
    return _environment(accounts=[account], identities=identities).accounts[0]


KEY = {"keyVaultUri": "https://kv-one.vault.azure.net", "keyName": "k"}
SOMEBODY = "99999999-9999-9999-9999-999999999999"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({}, None),
        ({"identity": {"systemAssigned": True}}, "SystemAssigned"),
        ({"identity": {"userAssigned": ["id-a"]}}, "UserAssigned"),
        (
            {"identity": {"systemAssigned": True, "userAssigned": ["id-a"]}},
            "SystemAssigned, UserAssigned",
        ),
        ({"encryption": KEY}, "SystemAssigned"),
        ({"encryption": {**KEY, "identity": "id-b"}}, "UserAssigned"),
        ({"encryption": {**KEY, "identityClientId": SOMEBODY}}, None),
        ({"kind": "AIServices"}, None),
        ({"kind": "AIServices", "projects": [{"name": "team"}]}, "SystemAssigned"),
    ],
)
def test_an_account_is_somebody_where_it_has_to_be(said: dict[str, Any], kind: str | None) -> None:
    from ftops_stacks.identity import identity_type

    assert identity_type(_account(**said)) == kind


def test_who_reads_the_key_is_one_of_the_account_s_identities_once() -> None:
    from ftops_stacks.identity import user_assigned

    said = {"userAssigned": ["id-b", "id-a"]}
    account = _account(identity=said, encryption={**KEY, "identity": "id-b"})

    assert user_assigned(account) == ("id-a", "id-b")


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(
    ("said", "guards"),
    [
        ({}, {}),
        ({"protect": True}, {"protect": True}),
        ({"retainOnDelete": True}, {"retain_on_delete": True}),
        (
            {"protect": True, "retainOnDelete": True},
            {"protect": True, "retain_on_delete": True},
        ),
    ],
)
def test_only_what_would_be_missed_is_guarded(
    said: dict[str, bool], guards: dict[str, bool], *, kept: bool
) -> None:
    from ftops_stacks.ground import safeguards

    assert safeguards(_environment(**said), kept=kept) == (guards if kept else {})


@pytest.mark.parametrize(
    ("kinds", "zones"),
    [
        ({}, []),
        ({"OpenAI": False}, []),
        ({"OpenAI": True}, ["openai", "cognitiveservices"]),
        ({"AIServices": True}, ["openai", "cognitiveservices", "services"]),
        ({"OpenAI": True, "AIServices": True}, ["openai", "cognitiveservices", "services"]),
    ],
)
def test_zones_are_those_of_the_accounts_that_have_an_endpoint(
    kinds: dict[str, bool], zones: list[str]
) -> None:
    from ftops_stacks.network import zones_needed

    accounts = [
        {"name": f"oai-{kind}", "kind": kind, "privateEndpoint": private}
        for kind, private in kinds.items()
    ] or [{"name": "oai"}]
    network = {"addressPrefix": "10.0.0.0/24", "subnetPrefix": "10.0.0.0/26"}
    needed = zones_needed(_environment(accounts=accounts, network=network))

    assert [zone.split(".")[1] for zone in needed] == zones


@pytest.mark.parametrize(
    ("written", "sent"),
    [("203.0.113.0/24", "203.0.113.0/24"), ("198.51.100.7", "198.51.100.7")],
)
def test_one_address_is_sent_as_one(written: str, sent: str) -> None:
    from ftops_stacks.account import acl_properties

    acls = {"ipRules": [written]}
    account = _account(publicNetworkAccess="Enabled", networkAcls=acls)

    assert account.network_acls is not None
    assert acl_properties(account.network_acls)["ip_rules"] == [sent]


def test_an_allow_list_without_entries_lets_nobody_in() -> None:
    from ftops_stacks.account import acl_properties

    acls = {"bypass": "AzureServices"}
    account = _account(publicNetworkAccess="Enabled", networkAcls=acls)

    assert account.network_acls is not None
    assert acl_properties(account.network_acls)["default_action"] == "Deny"


def test_each_threshold_of_a_budget_is_a_notification_of_its_own() -> None:
    from ftops_stacks.monitoring import notifications

    said = {"amount": 10, "startDate": "2026-11-01", "emails": ["a@contoso.com"]}
    budget = _environment(budget=said).budget

    assert isinstance(budget, Budget)
    assert list(notifications(budget)) == ["Actual50", "Actual80", "Actual100", "Forecasted100"]


def _chained(*spills: tuple[str, str]) -> list[str]:
    from ftops_stacks.deployment import in_order

    model = {"model": "gpt-4.1-mini", "version": "2025-04-14", "capacity": 1}
    declared = [
        {"name": name, **model, **({"spilloverDeploymentName": spill} if spill else {})}
        for name, spill in spills
    ]
    return [each.name for each in in_order(_account(deployments=declared).deployments)]


@pytest.mark.parametrize(
    ("spills", "order"),
    [
        ([("aa", ""), ("bb", "")], ["aa", "bb"]),
        ([("aa", "cc"), ("bb", ""), ("cc", "")], ["cc", "aa", "bb"]),
        ([("aa", "bb"), ("bb", "cc"), ("cc", "")], ["cc", "bb", "aa"]),
        ([("aa", "bb"), ("bb", "aa")], ["bb", "aa"]),
    ],
)
def test_deployments_keep_their_order_but_for_what_they_spill_over_to(
    spills: list[tuple[str, str]], order: list[str]
) -> None:
    assert _chained(*spills) == order
