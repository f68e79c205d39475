"""A rule with a fix: what it writes mends what the rule finds, in the engine's own shape, too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped] # has no types
import pytest
from google.protobuf.json_format import (  # type: ignore[import-untyped] # has no types
    MessageToDict,
    ParseDict,
)
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped] # has no types
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy.proxy import UNKNOWN_BOOLEAN_VALUE, UNKNOWN_OBJECT_VALUE

from ftops_catalog.arm_type import read_arm_types
from ftops_policies import EnvironmentSettings, Resource, Rule, judge, read_rules
from ftops_policies.native import native_steps

ROOT = Path(__file__).parents[2]
FIXABLE = [rule for rule in read_rules() if rule.fix]
ACCOUNT = "azure-native:cognitiveservices:Account"
URN = f"urn:pulumi:prod::ftops::{ACCOUNT}::lab"


@pytest.fixture
def pack() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The pack with `remediate` for key access, in a process of its own."""
    words = [sys.executable, "-u", str(ROOT / "policies")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    port = process.stdout.readline().strip()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        level = wire.PolicyConfig(enforcementLevel=wire.REMEDIATE)
        stub.Configure(wire.ConfigureAnalyzerRequest(policyConfig={"key-access-is-off": level}))
        yield stub
    process.terminate()
    process.wait()
    process.stdout.close()


def _remedied(
    pack: analyzer_pb2_grpc.AnalyzerStub, inputs: dict[str, Any], token: str = ACCOUNT
) -> list[Any]:
    body = ParseDict(inputs, Struct())
    request = wire.AnalyzeRequest(type=token, name="lab", urn=URN, properties=body)
    return [
        (each.policyName, each.diagnostic, MessageToDict(each.properties))
        for each in pack.Remediate(request).remediations
    ]


@pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.id)
def test_a_fix_mends_every_example_that_breaks(
    rule: Rule,
    now: datetime,
    examples_of: Callable[[Path], dict[str, Any]],
    resources_of: Callable[..., list[Resource]],
    environment_of: Callable[..., EnvironmentSettings],
) -> None:
    for case in examples_of(ROOT / f"tests/policies/examples/{rule.id}.yaml")["breaks"]:
        rows = deepcopy(case["resources"])
        for row in rows:
            for path, value in rule.fix.items():
                *upper, last = path.split(".")
                place = row["body"]
                for step in upper:
                    place = place.setdefault(step, {})
                place[last] = value
        settings = environment_of(case.get("settings"))
        assert judge(resources_of(rows), settings, case.get("now", now), rules=[rule]) == []


def test_only_a_rule_on_one_resource_has_a_fix() -> None:
    assert {rule.id for rule in FIXABLE} >= {"key-access-is-off", "public-network-is-off"}
    for rule in FIXABLE:
        assert not rule.of_environment
        assert "account" not in rule.needs


def test_the_engine_is_handed_the_whole_inputs_with_the_fix_written(
    pack: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    inputs = {"accountName": "lab", "properties": {"publicNetworkAccess": "Disabled"}}
    fixed = {"publicNetworkAccess": "Disabled", "disableLocalAuth": True}

    assert _remedied(pack, inputs) == [
        ("key-access-is-off", "", {"accountName": "lab", "properties": fixed})
    ]
    assert _remedied(pack, {"accountName": "lab"}) == [
        (
            "key-access-is-off",
            "",
            {"accountName": "lab", "properties": {"disableLocalAuth": True}},
        )
    ]


def test_what_holds_is_of_another_type_or_not_known_is_left_alone(
    pack: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    assert _remedied(pack, {"properties": {"disableLocalAuth": True}}) == []
    assert _remedied(pack, {"length": 2}, "random:index:Pet") == []
    assert _remedied(pack, {"properties": {"disableLocalAuth": UNKNOWN_BOOLEAN_VALUE}}) == []
    assert _remedied(pack, {"properties": UNKNOWN_OBJECT_VALUE}) == []


def test_a_path_is_azure_natives_own() -> None:
    types = read_arm_types()

    assert native_steps(types.token(ACCOUNT), "properties.disableLocalAuth") == (
        "properties",
        "disableLocalAuth",
    )
    flat = next(each for each in types.types if each.shape.properties == "flattened")
    assert native_steps(flat, "properties.anything.below") == ("anything", "below")
