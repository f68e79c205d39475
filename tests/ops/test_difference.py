"""What counts as a change: against what ARM has, and between two sets of inputs."""

from __future__ import annotations

from typing import Any

import pytest

from ftops.engine.change import changes, live_inputs
from ftops.engine.difference import differs, moved
from ftops_catalog.arm_type import read_arm_types
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, UNKNOWN

RECORD = read_arm_types().type(ACCOUNT)
SENT: dict[str, Any] = {
    "location": "swedencentral",
    "sku": {"name": "S0"},
    "tags": {"owner": "me"},
    "properties": {"disableLocalAuth": True, "allowedFqdnList": ["a.example"]},
}
FOUND: dict[str, Any] = {
    **SENT,
    "id": ("/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/oai"),
    "location": "Sweden Central",
    "etag": "1",
    "properties": {**SENT["properties"], "endpoint": "https://x", "provisioningState": "Succeeded"},
}
INPUTS: dict[str, Any] = {"resourceGroupName": "g", "accountName": "oai", **SENT}


def test_what_arm_adds_of_its_own_is_no_difference() -> None:
    assert not differs(RECORD, SENT, FOUND)


@pytest.mark.parametrize(
    "sent",
    [
        {**SENT, "tags": {"owner": "you"}},
        {**SENT, "tags": {}},
        {**SENT, "kind": "AIServices"},
        {**SENT, "properties": {"disableLocalAuth": False}},
        {**SENT, "properties": {"allowedFqdnList": ["a.example", "b.example"]}},
        {**SENT, "properties": {"networkAcls": {"defaultAction": "Deny"}}},
    ],
)
def test_what_is_sent_and_not_there_is_a_difference(sent: dict[str, Any]) -> None:
    assert differs(RECORD, sent, FOUND)


def test_a_resource_that_failed_is_written_again() -> None:
    failed = {**FOUND, "properties": {**FOUND["properties"], "provisioningState": "Failed"}}

    assert differs(RECORD, SENT, failed)


def test_azure_s_own_tags_are_no_difference() -> None:
    assert not differs(RECORD, SENT, {**FOUND, "tags": {"owner": "me", "hidden-link": "x"}})


def test_what_arm_takes_and_never_answers_is_no_difference() -> None:
    assert not differs(
        RECORD, {**SENT, "properties": {**SENT["properties"], "restore": True}}, FOUND
    )


def test_a_value_that_is_not_known_yet_is_no_difference() -> None:
    assert not differs(RECORD, {**SENT, "properties": {"customSubDomainName": UNKNOWN}}, FOUND)


@pytest.mark.parametrize(
    ("location", "name"),
    [("eastus2", "location"), ("SwedenCentral", None), ("swedencentral", None)],
)
def test_only_another_region_is_a_move(location: str, name: str | None) -> None:
    found = moved(RECORD, {**SENT, "location": location}, FOUND)

    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("new", "path", "kind", "replaces"),
    [
        ({**INPUTS, "sku": {"name": "S1"}}, "sku.name", "UPDATE", False),
        ({**INPUTS, "tags": {"owner": "me", "a": "b"}}, "tags.a", "ADD", False),
        ({**INPUTS, "tags": {}}, "tags.owner", "DELETE", False),
        ({**INPUTS, "location": "eastus2"}, "location", "UPDATE", True),
        ({**INPUTS, "accountName": "other"}, "accountName", "UPDATE", True),
        ({**INPUTS, "resourceGroupName": "other"}, "resourceGroupName", "UPDATE", True),
        ({**INPUTS, "kind": "OpenAI"}, "kind", "ADD", False),
    ],
)
def test_a_changed_input_is_updated_where_azure_can_and_replaced_where_it_cannot(
    new: dict[str, Any],
    path: str,
    kind: str,
    replaces: bool,  # noqa: FBT001 - a column of the table
) -> None:
    (change,) = changes(RECORD, INPUTS, new)

    assert (change.path, change.kind, change.replaces) == (path, kind, replaces)


def test_another_spelling_of_a_region_is_no_change() -> None:
    assert changes(RECORD, INPUTS, {**INPUTS, "location": "Sweden Central"}) == []


def test_a_refresh_looks_only_at_what_was_given() -> None:
    assert live_inputs(RECORD, INPUTS, FOUND) == INPUTS


def test_a_refresh_sees_a_tag_that_somebody_added() -> None:
    live = live_inputs(RECORD, INPUTS, {**FOUND, "tags": {"owner": "me", "by": "hand"}})

    assert live["tags"] == {"owner": "me", "by": "hand"}


def test_a_refresh_sees_a_property_that_somebody_changed() -> None:
    properties = {**FOUND["properties"], "disableLocalAuth": False}
    live = live_inputs(RECORD, INPUTS, {**FOUND, "properties": properties})

    assert live["properties"]["disableLocalAuth"] is False


def test_an_import_brings_all_that_can_be_written() -> None:
    imported = live_inputs(RECORD, {}, FOUND)

    assert imported["accountName"] == "oai"
    assert "endpoint" not in imported["properties"]


def test_the_capacity_of_a_deployment_is_updated_in_place() -> None:
    record = read_arm_types().type(DEPLOYMENT)
    old = {"deploymentName": "d", "sku": {"name": "Standard", "capacity": 1}}
    new = {"deploymentName": "d", "sku": {"name": "Standard", "capacity": 2}}

    assert [(each.path, each.replaces) for each in changes(record, old, new)] == [
        ("sku.capacity", False)
    ]


BUDGET = read_arm_types().token("azure-native:consumption:Budget")
PERIOD = {"startDate": "2026-11-01T00:00:00Z", "endDate": "2027-11-01T00:00:00Z"}
SPENT: dict[str, Any] = {
    "scope": "/subscriptions/s/resourceGroups/g",
    "budgetName": "month",
    "amount": 100,
    "timePeriod": PERIOD,
}
HELD: dict[str, Any] = {
    "id": "/subscriptions/S/resourceGroups/G/providers/Microsoft.Consumption/budgets/month",
    "eTag": "7",
    "properties": {"amount": 100, "timePeriod": PERIOD, "currentSpend": {"amount": 3}},
}


def test_a_place_inside_an_input_can_be_what_replaces() -> None:
    ends = {**SPENT, "timePeriod": {**PERIOD, "endDate": "2028-11-01T00:00:00Z"}}
    starts = {**SPENT, "timePeriod": {**PERIOD, "startDate": "2026-12-01T00:00:00Z"}}

    assert [each.replaces for each in changes(BUDGET, SPENT, ends)] == [False]
    assert [each.replaces for each in changes(BUDGET, SPENT, starts)] == [True]


def test_a_flattened_input_that_azure_cannot_change_is_found_below_properties() -> None:
    sent = {"properties": {"timePeriod": {**PERIOD, "startDate": "2026-12-01T00:00:00Z"}}}
    move = moved(BUDGET, sent, HELD)

    assert move is not None
    assert (move.name, move.was, move.wanted) == (
        "timePeriod.startDate",
        PERIOD["startDate"],
        "2026-12-01T00:00:00Z",
    )
    assert moved(BUDGET, {"properties": {"timePeriod": PERIOD}}, HELD) is None


def test_a_scope_without_its_slash_or_in_other_letters_is_the_same_scope() -> None:
    other = {**SPENT, "scope": "subscriptions/S/resourcegroups/g"}

    assert changes(BUDGET, SPENT, other) == []
    assert live_inputs(BUDGET, other, HELD) == other
    (change,) = changes(BUDGET, SPENT, {**SPENT, "scope": "/subscriptions/s"})
    assert change.replaces


def test_an_etag_is_no_drift() -> None:
    stated = {**SPENT, "eTag": "1"}

    assert live_inputs(BUDGET, stated, HELD) == stated
    assert "eTag" not in live_inputs(BUDGET, {}, HELD)
    assert not differs(BUDGET, {"eTag": "1", "properties": {"amount": 100}}, HELD)
    assert differs(BUDGET, {"properties": {"amount": 101}}, HELD)


def test_in_a_list_too_only_what_was_given_is_looked_at() -> None:
    record = read_arm_types().token("azure-native:network:VirtualNetwork")
    old = {
        "resourceGroupName": "g",
        "virtualNetworkName": "net",
        "subnets": [{"name": "a", "addressPrefix": "10.0.0.0/24"}, {"name": "b"}],
    }
    shown = [
        {"name": "a", "id": "1", "properties": {"addressPrefix": "10.0.9.0/24"}},
        {"name": "b", "id": "2", "properties": {"provisioningState": "Succeeded"}},
    ]
    path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/net"
    live = live_inputs(record, old, {"id": path, "properties": {"subnets": shown}})

    assert live["subnets"] == [{"name": "a", "addressPrefix": "10.0.9.0/24"}, {"name": "b"}]
    fewer = live_inputs(record, old, {"id": path, "properties": {"subnets": shown[:1]}})
    assert len(fewer["subnets"]) == 1


def test_a_secret_deep_inside_that_is_never_answered_is_no_drift() -> None:
    record = read_arm_types().token("azure-native:app:ManagedEnvironment")
    logs = {"logAnalyticsConfiguration": {"customerId": "c", "sharedKey": "k"}}
    old = {"resourceGroupName": "g", "environmentName": "e", "appLogsConfiguration": logs}
    shown = {"appLogsConfiguration": {"logAnalyticsConfiguration": {"customerId": "c"}}}
    path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.App/managedEnvironments/e"
    found = {"id": path, "properties": shown}

    assert live_inputs(record, old, found) == old
    assert not differs(record, {"properties": {"appLogsConfiguration": logs}}, found)
