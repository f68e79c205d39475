"""What azure-native is given is seen in ARM's shape, lazily, for both kinds of shape."""

from __future__ import annotations

from typing import Any

import pytest

from ftops_catalog.arm_type import ArmType, Shape
from ftops_policies import NotKnownError, Resource
from ftops_policies.native import ArmView, Native, find_arm_type, find_parent, parse_native
from ftops_policies.resource import ACCOUNT, DEPLOYMENT


class GapError(Exception):
    """What a lazy mapping raises for a value that is not known."""


class Gaps(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        if super().__getitem__(key) == "?":
            raise GapError(key)
        return super().__getitem__(key)


class GapList(list[Any]):
    def __getitem__(self, place: Any) -> Any:
        if super().__getitem__(place) == "?":
            raise GapError(place)
        return super().__getitem__(place)


def _record(token: str) -> ArmType:
    record = find_arm_type(f"azure-native:{token}")
    assert record
    return record


def _native(token: str, **inputs: Any) -> Native:
    return parse_native(_record(token), Gaps(inputs), f"urn:pulumi:dev::p::{token}::seen", GapError)


def test_a_deployment_keeps_its_properties_and_knows_its_account() -> None:
    native = _native(
        "cognitiveservices:Deployment",
        accountName="lab",
        deploymentName="base",
        sku={"capacity": 3.0},
        properties=Gaps(model={"name": "gpt-4.1"}, endpoint="?"),
    )

    assert (native.parent_input, native.parent_name) == ("accountName", "lab")
    assert native.resource.name == "base"
    assert native.resource.at("sku.capacity") == 3
    assert native.resource.at("properties.model.name") == "gpt-4.1"
    with pytest.raises(NotKnownError):
        native.resource.at("properties.endpoint")


def test_a_name_that_is_not_known_is_pulumis_own() -> None:
    native = _native("cognitiveservices:Account", accountName="?", location="?")

    assert native.resource.name == "seen"
    assert (native.parent_input, native.parent_name) == ("", None)


def test_flattened_inputs_are_seen_under_properties() -> None:
    subnet = Shape("flattened", ("name",))
    shape = Shape("flattened", ("location", "tags"), {"subnets": subnet})
    inputs = {
        "location": "swedencentral",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "subnets": [{"name": "inner", "addressPrefix": "10.0.1.0/24"}],
    }
    network = Resource("Microsoft.Network/virtualNetworks", "net", ArmView(inputs, shape, GapError))

    assert network.at("location") == "swedencentral"
    assert network.at("properties.addressSpace.addressPrefixes.0") == "10.0.0.0/16"
    assert network.at("properties.subnets.0.name") == "inner"
    assert network.at("properties.subnets.0.properties.addressPrefix") == "10.0.1.0/24"
    assert [network.at(path) for path in ("addressSpace", "tags", "properties.location")] == (
        [None, None, None]
    )
    assert sorted(network.body) == ["location", "properties"]
    assert network.count("properties") == 2


def test_what_azure_native_calls_otherwise_is_seen_under_arms_name() -> None:
    rules = {"defaultAction": "Deny", "ipRules": [{"iPAddressOrRange": "192.0.2.1"}]}
    storage = _native(
        "storage:StorageAccount", accountName="st", networkRuleSet=rules, isHnsEnabled=True
    ).resource
    role = _native("authorization:RoleDefinition", roleType="CustomRole").resource

    assert storage.at("properties.networkAcls.defaultAction") == "Deny"
    assert storage.at("properties.networkAcls.ipRules.0.value") == "192.0.2.1"
    assert storage.at("properties.networkRuleSet") is None
    assert storage.at("properties.networkAcls.ipRules.0.iPAddressOrRange") is None
    assert {"networkAcls", "isHnsEnabled"} <= {*storage.at("properties")}
    assert role.at("properties.type") == "CustomRole"


def test_an_element_that_is_not_known_is_named_by_its_place() -> None:
    account = _native(
        "cognitiveservices:Account",
        properties={"networkAcls": {"ipRules": GapList([{"value": "10.0.0.1"}, "?"])}},
    ).resource

    assert account.count("properties.networkAcls.ipRules") == 2
    assert account.at("properties.networkAcls.ipRules.0.value") == "10.0.0.1"
    with pytest.raises(NotKnownError, match=r"ipRules\.1"):
        account.at("properties.networkAcls.ipRules.1.value")
    assert [*account.body] == ["properties"]


def test_a_token_that_is_not_azures_has_no_record() -> None:
    assert find_arm_type("random:index:Pet") is None


@pytest.mark.parametrize(
    ("parent_name", "upon", "everything", "found"),
    [
        ("lab", ["lab"], ["lab", "other"], "lab"),
        ("lab", [], ["lab", "other"], "lab"),
        ("lab", [], ["other"], None),
        (None, ["lab"], ["lab", "other"], "lab"),
        (None, ["lab", "other"], ["lab", "other"], None),
        (None, [], ["lab"], None),
    ],
)
def test_a_parent_is_found_by_name_or_by_what_the_name_depends_on(
    parent_name: str | None, upon: list[str], everything: list[str], found: str | None
) -> None:
    accounts = {name: Resource(ACCOUNT, name, {}) for name in everything}
    child = Native(Resource(DEPLOYMENT, "one", {}), "accountName", parent_name)

    parent = find_parent(
        child,
        [*(accounts[name] for name in upon), Resource(DEPLOYMENT, "lab", {})],
        accounts.values(),
    )

    assert (parent.name if parent else None) == found
