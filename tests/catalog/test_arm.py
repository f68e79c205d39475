"""The ARM table: inputs become a request and an answer becomes outputs and inputs again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops_catalog.arm import inputs_from, outputs, request
from ftops_catalog.arm_type import ArmType, parse_arm_types, read_arm_types
from ftops_catalog.errors import BadConfig
from ftops_catalog.row import Row

Json = Mapping[str, Any]
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/acc"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/sweeper"
REST = """
writable = []
read_only = []
write_only = []
id_lists = []
secrets = []
replaces = []
status = "sourced"
sources = ["A6"]
as_of = 2026-11-20
"""
LATER = f"""
[[type]]
token = "azure-native:network:VirtualNetwork"
type = "Microsoft.Network/virtualNetworks"
path = "/subscriptions/{{subscriptionId}}/resourceGroups/{{resourceGroupName}}\
/providers/Microsoft.Network/virtualNetworks/{{virtualNetworkName}}"
api_version = "2024-05-01"
properties = "flattened"
envelope = ["location", "tags"]
{REST.replace("writable = []", 'writable = ["addressSpace", "subnets"]')}
[type.nested.subnets]
properties = "flattened"
envelope = ["id", "name"]

[[type]]
token = "azure-native:authorization:RoleAssignment"
type = "Microsoft.Authorization/roleAssignments"
path = "/{{+scope}}/providers/Microsoft.Authorization/roleAssignments/{{roleAssignmentName}}"
api_version = "2022-04-01"
properties = "flattened"
envelope = []
{REST.replace("writable = []", 'writable = ["principalId", "roleDefinitionId"]')}
"""

TYPES = read_arm_types()
FLATTENED = parse_arm_types(Row(tomllib.loads(LATER), "later"))
GROUP_TYPE = TYPES.token("azure-native:resources:ResourceGroup")
ACCOUNT_TYPE = TYPES.token("azure-native:cognitiveservices:Account")
DEPLOYMENT_TYPE = TYPES.token("azure-native:cognitiveservices:Deployment")
NETWORK_TYPE = FLATTENED.token("azure-native:network:VirtualNetwork")
ASSIGNMENT_TYPE = FLATTENED.token("azure-native:authorization:RoleAssignment")

CASES: list[tuple[ArmType, Json, str, Json]] = [
    (
        GROUP_TYPE,
        {"resourceGroupName": "rg", "location": "eastus2", "tags": {"owner": "ml"}},
        GROUP,
        {"location": "eastus2", "tags": {"owner": "ml"}},
    ),
    (
        ACCOUNT_TYPE,
        {
            "resourceGroupName": "rg",
            "accountName": "acc",
            "kind": "OpenAI",
            "location": "eastus2",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]},
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": "acc", "disableLocalAuth": True},
        },
        ACCOUNT,
        {
            "kind": "OpenAI",
            "location": "eastus2",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": "acc", "disableLocalAuth": True},
        },
    ),
    (
        DEPLOYMENT_TYPE,
        {
            "resourceGroupName": "rg",
            "accountName": "acc",
            "deploymentName": "tuned",
            "sku": {"name": "Standard", "capacity": 10.0},
            "properties": {"model": {"format": "OpenAI", "name": "gpt-4.1", "version": "1"}},
        },
        f"{ACCOUNT}/deployments/tuned",
        {
            "sku": {"name": "Standard", "capacity": 10},
            "properties": {"model": {"format": "OpenAI", "name": "gpt-4.1", "version": "1"}},
        },
    ),
    (
        NETWORK_TYPE,
        {
            "resourceGroupName": "rg",
            "virtualNetworkName": "net",
            "location": "eastus2",
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "ai", "addressPrefix": "10.0.0.0/24"}],
        },
        f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net",
        {
            "location": "eastus2",
            "properties": {
                "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                "subnets": [{"name": "ai", "properties": {"addressPrefix": "10.0.0.0/24"}}],
            },
        },
    ),
    (
        ASSIGNMENT_TYPE,
        {"scope": ACCOUNT, "roleAssignmentName": "ra", "principalId": "p", "roleDefinitionId": "r"},
        f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/ra",
        {"properties": {"principalId": "p", "roleDefinitionId": "r"}},
    ),
]
case = pytest.mark.parametrize(
    ("record", "inputs", "path", "body"), CASES, ids=[record.token for record, *_ in CASES]
)


def answered(record: ArmType, path: str, body: Json) -> dict[str, Any]:
    """What ARM answers to a body: itself, with an id, a name, a type and a state."""
    state = {"provisioningState": "Succeeded"}
    return {
        **body,
        "id": path,
        "name": path.rsplit("/", 1)[1],
        "type": record.type,
        "properties": {**body.get("properties", {}), **state},
    }


@pytest.mark.parametrize("record", TYPES.types, ids=lambda record: record.token)
def test_every_type_of_the_table_has_its_case(record: ArmType) -> None:
    assert record in [known for known, *_ in CASES]


@case
def test_inputs_become_the_request_that_arm_expects(
    record: ArmType, inputs: Json, path: str, body: Json
) -> None:
    made = request(record, inputs, SUBSCRIPTION)

    assert made.path == path
    assert made.api_version == record.api_version
    assert made.body == body


@case
def test_what_arm_answers_becomes_the_same_inputs(
    record: ArmType, inputs: Json, path: str, body: Json
) -> None:
    assert inputs_from(record, answered(record, path, body)) == inputs


@case
def test_an_id_in_other_letters_is_still_the_types(
    record: ArmType, inputs: Json, path: str, body: Json
) -> None:
    shouted = {**answered(record, path, body), "id": path.upper()}
    name = inputs_from(record, shouted)[record.name_input]

    assert name == inputs[record.name_input].upper()


@case
def test_outputs_have_azures_state_under_azure_natives_names(
    record: ArmType, inputs: Json, path: str, body: Json
) -> None:
    del inputs
    out = outputs(record, answered(record, path, body))
    inside = out if record.shape.properties == "flattened" else out["properties"]

    assert (out["id"], out["type"], out["azureApiVersion"]) == (
        path,
        record.type,
        record.api_version,
    )
    assert out["name"] == path.rsplit("/", 1)[1]
    assert inside["provisioningState"] == "Succeeded"


def test_nested_objects_are_flattened_in_outputs_too() -> None:
    record, inputs, path, body = CASES[3]

    assert outputs(record, answered(record, path, body))["subnets"] == inputs["subnets"]


def test_state_that_only_azure_writes_never_becomes_an_input() -> None:
    record, inputs, path, body = CASES[2]
    answer = answered(record, path, body)
    answer["properties"] |= {"rateLimits": [], "deploymentState": "Running"}
    answer["properties"]["model"] = {**body["properties"]["model"], "callRateLimit": {}}
    answer |= {"etag": "1", "systemData": {}}

    assert inputs_from(record, answer) == inputs


def test_the_state_of_an_identity_never_becomes_an_input() -> None:
    record, inputs, path, body = CASES[1]
    answer = answered(record, path, body)
    known = {"clientId": "c", "principalId": "p"}
    answer["identity"] = {
        "type": "UserAssigned",
        "principalId": "p",
        "tenantId": "t",
        "userAssignedIdentities": {IDENTITY: known},
    }

    assert inputs_from(record, answer) == inputs
    assert outputs(record, answer)["identity"]["userAssignedIdentities"] == {IDENTITY: known}


def test_a_whole_number_is_sent_as_one() -> None:
    record, inputs, *_ = CASES[2]
    sent = json.dumps(request(record, inputs, SUBSCRIPTION).body)

    assert '"capacity": 10}' in sent


def test_an_input_of_none_is_not_sent() -> None:
    made = request(GROUP_TYPE, {"resourceGroupName": "rg", "tags": None}, SUBSCRIPTION)

    assert made.body == {}


@pytest.mark.parametrize(
    ("inputs", "sentence", "hint"),
    [
        ({"resourceGroupName": "rg", "locaton": "x"}, "no input 'locaton'", "location"),
        ({"location": "eastus"}, "needs resourceGroupName, not None", "Set resourceGroupName"),
        ({"resourceGroupName": ""}, "needs resourceGroupName, not ''", "Set resourceGroupName"),
        ({"resourceGroupName": 7}, "needs resourceGroupName, not 7", "Set resourceGroupName"),
        ({"resourceGroupName": "a/b"}, "holds a slash", "Set resourceGroupName"),
        ({"resourceGroupName": "a?b"}, "no path can hold", "Rename resourceGroupName"),
        ({"resourceGroupName": ".."}, "no path can hold", "Rename resourceGroupName"),
        ({"resourceGroupName": "{x}"}, "no path can hold", "Rename resourceGroupName"),
    ],
)
def test_a_wrong_input_is_one_sentence_and_a_hint(inputs: Json, sentence: str, hint: str) -> None:
    with pytest.raises(BadConfig) as refusal:
        request(GROUP_TYPE, inputs, SUBSCRIPTION)

    assert sentence in refusal.value.message
    assert hint in refusal.value.hint


def test_an_id_of_another_type_is_refused() -> None:
    with pytest.raises(BadConfig, match="is not the id of a Microsoft"):
        inputs_from(DEPLOYMENT_TYPE, {"id": ACCOUNT})


def test_an_unknown_token_type_or_id_is_refused_with_a_hint() -> None:
    with pytest.raises(BadConfig) as token:
        TYPES.token("azure-native:cognitiveservices:Acount")
    with pytest.raises(BadConfig) as name:
        TYPES.type("Microsoft.CognitiveServices/account")
    with pytest.raises(BadConfig, match="no type for '/subscriptions'"):
        TYPES.resource("/subscriptions")

    assert token.value.hint == "Did you mean azure-native:cognitiveservices:Account?"
    assert name.value.hint == "Did you mean Microsoft.CognitiveServices/accounts?"


@pytest.mark.parametrize("record", TYPES.types, ids=lambda record: record.token)
def test_a_type_is_found_by_token_by_type_and_by_id(record: ArmType) -> None:
    path = next(path for known, _, path, _ in CASES if known is record)

    assert TYPES.token(record.token) is record
    assert TYPES.type(record.type.lower()) is record
    assert TYPES.resource(path) is record


def test_a_token_that_comes_twice_is_refused() -> None:
    twice = tomllib.loads(LATER)
    twice["type"].append(twice["type"][0])

    with pytest.raises(BadConfig, match="comes twice"):
        parse_arm_types(Row(twice, "later"))


names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
leaves = st.booleans() | st.integers(-(2**40), 2**40) | st.text()
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[ArmType, dict[str, Any]]:
    """Any type of the table or of the later ones, with any of its writable inputs."""
    record = draw(st.sampled_from([*TYPES.types, *FLATTENED.types]))
    inputs: dict[str, Any] = {name: draw(names) for name in record.path_inputs}
    inputs |= {name: f"/subscriptions/{draw(names)}" for name in record.wide_inputs}
    free = [name for name in record.body_inputs if name not in {"identity", "properties"}]
    chosen = draw(st.lists(st.sampled_from(free), unique=True))
    inputs |= {name: draw(values) for name in chosen if name != "subnets"}
    if "subnets" in chosen:
        subnet = st.dictionaries(names.filter(lambda name: name != "properties"), values)
        inputs["subnets"] = draw(st.lists(subnet, max_size=3))
    if record.shape.properties == "kept" and draw(st.booleans()):
        # Names with a read-only place inside them are the table tests' business.
        plain = [n for n in record.writable if n not in {"model", "scaleSettings"}]
        inside = st.dictionaries(st.sampled_from(plain), values, min_size=1)
        inputs["properties"] = draw(inside)
    return record, inputs


@given(drawn())
def test_any_inputs_come_back_from_their_own_request(case: tuple[ArmType, dict[str, Any]]) -> None:
    record, inputs = case
    made = request(record, inputs, SUBSCRIPTION)
    answer = {"name": "of no weight", "type": record.type, **made.body, "id": made.path}

    assert inputs_from(record, answer) == inputs
    again = request(record, inputs_from(record, answer), SUBSCRIPTION)
    assert again == made


@given(drawn())
def test_a_request_has_one_segment_for_each_of_its_path(
    case: tuple[ArmType, dict[str, Any]],
) -> None:
    record, inputs = case
    path = request(record, inputs, SUBSCRIPTION).path

    assert record.pattern.fullmatch(path)
    assert "{" not in path
    assert "//" not in path
