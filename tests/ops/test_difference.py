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
