"""The ARM table: inputs become a request and an answer becomes outputs and inputs again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.catalog.arm_body import IDENTITY
from tests.catalog.arm_case import ACCOUNT, CASES, SUBSCRIPTION

from ftops_catalog.arm import inputs_from, outputs, request
from ftops_catalog.arm_type import TABLE, ArmType, parse_arm_types, read_arm_types
from ftops_catalog.errors import BadConfig
from ftops_catalog.row import Row

Json = Mapping[str, Any]
TYPES = read_arm_types()
GROUP_TYPE = TYPES.token("azure-native:resources:ResourceGroup")
ACCOUNT_TYPE = TYPES.token("azure-native:cognitiveservices:Account")
DEPLOYMENT_TYPE = TYPES.token("azure-native:cognitiveservices:Deployment")

ROWS: list[tuple[ArmType, Json, str, Json]] = [
    (TYPES.token(each.token), each.all_inputs, each.path, each.body) for each in CASES
]
case = pytest.mark.parametrize(
    ("record", "inputs", "path", "body"), ROWS, ids=[record.token for record, *_ in ROWS]
)


def row(name: str) -> tuple[ArmType, Json, str, Json]:
    return next(each for each in ROWS if each[0].token.endswith(f":{name}"))


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
    assert record in [known for known, *_ in ROWS]


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
    record, inputs, path, body = row("VirtualNetwork")

    assert outputs(record, answered(record, path, body))["subnets"] == inputs["subnets"]


def test_state_that_only_azure_writes_never_becomes_an_input() -> None:
    record, inputs, path, body = row("Deployment")
    answer = answered(record, path, body)
    answer["properties"] |= {"rateLimits": [], "deploymentState": "Running"}
    answer["properties"]["model"] = {**body["properties"]["model"], "callRateLimit": {}}
    answer |= {"etag": "1", "systemData": {}}

    assert inputs_from(record, answer) == inputs


def test_the_state_of_an_identity_never_becomes_an_input() -> None:
    record, inputs, path, body = row("Account")
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
    record, inputs, *_ = row("Deployment")
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
    path = next(path for known, _, path, _ in ROWS if known is record)

    assert TYPES.token(record.token) is record
    assert TYPES.type(record.type.lower()) is record
    assert TYPES.resource(path) is record


def test_a_token_that_comes_twice_is_refused() -> None:
    twice = tomllib.loads(TABLE.read_text("utf-8"))
    twice["type"].append(twice["type"][0])

    with pytest.raises(BadConfig, match="comes twice"):
        parse_arm_types(Row(twice, "twice"))


names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
leaves = st.booleans() | st.integers(-(2**40), 2**40) | st.text()
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[ArmType, dict[str, Any]]:
    """Any type of the table with any of its writable inputs."""
    record = draw(st.sampled_from(TYPES.types))
    inputs: dict[str, Any] = {name: draw(names) for name in record.path_inputs}
    inputs |= {name: f"/subscriptions/{draw(names)}" for name in record.wide_inputs}
    # What ARM writes into, or in words of its own, is the cases' business.
    kept = {place.partition(".")[0] for place in record.read_only} | {*record.shape.nested}
    free = [name for name in record.body_inputs if name not in {*kept, "properties"}]
    inputs |= {name: draw(values) for name in free if draw(st.booleans())}
    for name in record.shape.nested:
        if draw(st.booleans()):
            inner = st.dictionaries(names.filter(lambda name: name != "properties"), values)
            inputs[name] = draw(st.lists(inner, max_size=3))
    if record.shape.properties == "kept" and draw(st.booleans()):
        plain = [n for n in record.writable if not any(f".{n}." in p for p in record.read_only)]
        inputs["properties"] = draw(st.dictionaries(st.sampled_from(plain), values, min_size=1))
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
