"""The CrossGuard pack as the engine meets it: a process that answers over gRPC."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped] # has no types
import pytest
import yaml
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped] # has no types
from google.protobuf.json_format import ParseDict  # type: ignore[import-untyped] # has no types
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped] # has no types
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy.proxy import UNKNOWN_NUMBER_VALUE, UNKNOWN_STRING_VALUE

from ftops import __version__
from ftops_policies import read_rules

POLICIES = Path(__file__).parents[2] / "policies"
ACCOUNT = "azure-native:cognitiveservices:Account"
DEPLOYMENT = "azure-native:cognitiveservices:Deployment"
TAGS = {"owner": "ana", "environment": "prod", "managed-by": "pulumi"}
GOOD_ACCOUNT: dict[str, Any] = {
    "accountName": "oai-lab",
    "location": "swedencentral",
    "tags": TAGS,
    "properties": {
        "customSubDomainName": "oai-lab",
        "disableLocalAuth": True,
        "publicNetworkAccess": "Disabled",
        "restrictOutboundNetworkAccess": True,
    },
}
SERVES = {
    "model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"},
    "versionUpgradeOption": "NoAutoUpgrade",
    "raiPolicyName": "Microsoft.DefaultV2",
}


PROTECTED = wire.AnalyzerResourceOptions(protect=True)


@pytest.fixture
def pack() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    process = subprocess.Popen([sys.executable, "-u", POLICIES], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    port = process.stdout.readline().strip()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield analyzer_pb2_grpc.AnalyzerStub(channel)
    process.terminate()
    process.wait()
    process.stdout.close()


def _urn(token: str, name: str, stack: str) -> str:
    return f"urn:pulumi:{stack}::ftops::{token}::{name}"


def _inputs(token: str, inputs: Mapping[str, Any], stack: str = "prod") -> wire.AnalyzeRequest:
    urn = _urn(token, "one", stack)
    body = ParseDict(inputs, Struct())
    return wire.AnalyzeRequest(type=token, name="one", urn=urn, properties=body, options=PROTECTED)


def _stacked(
    token: str, name: str, outputs: Mapping[str, Any], **depends: list[str]
) -> wire.AnalyzerResource:
    return wire.AnalyzerResource(
        type=token,
        name=name,
        urn=_urn(token, name, "prod"),
        properties=ParseDict(outputs, Struct()),
        options=PROTECTED,
        propertyDependencies={
            key: wire.AnalyzerPropertyDependencies(urns=urns) for key, urns in depends.items()
        },
    )


def _said(answer: wire.AnalyzeResponse) -> dict[str, int]:
    return {each.policyName: each.enforcementLevel for each in answer.diagnostics}


def test_every_rule_is_a_policy_with_its_level_and_text(
    pack: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    policies = {each.name: each for each in pack.GetAnalyzerInfo(Empty()).policies}

    # What is asked of existing things or of jobs alone concerns nothing that a program declares.
    asked = {rule.id for rule in read_rules() if rule.of_program}
    assert asked == policies.keys() - {"ftops-block", "ftops-advice"}
    for rule in (each for each in read_rules() if each.of_program):
        level = wire.MANDATORY if rule.severity == "block" else wire.ADVISORY
        assert policies[rule.id].enforcementLevel == level
        assert policies[rule.id].description == rule.title
        schema = policies[rule.id].configSchema.properties
        assert schema.keys() == rule.parameters.keys()
        # The engine sends a default as if it were configured, over settings.yaml.
        assert not [name for name in schema if "default" in schema[name]]


def test_a_broken_rule_blocks_in_prod_and_not_where_settings_ease_it(
    pack: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    properties = {**GOOD_ACCOUNT["properties"], "publicNetworkAccess": "Enabled"}
    acls = {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]}
    public = {**GOOD_ACCOUNT, "properties": {**properties, "networkAcls": acls}}

    assert _said(pack.Analyze(_inputs(ACCOUNT, GOOD_ACCOUNT))) == {}
    assert _said(pack.Analyze(_inputs(ACCOUNT, public))) == {
        "public-network-is-off": wire.MANDATORY
    }
    assert _said(pack.Analyze(_inputs(ACCOUNT, public, "dev"))) == {}


def test_an_unknown_endpoint_does_not_disturb_a_rule_on_capacity(
    pack: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    deployment = {
        "accountName": UNKNOWN_STRING_VALUE,
        "tags": TAGS,
        "sku": {"name": "Standard", "capacity": 9000},
        "properties": {**SERVES, "endpoint": UNKNOWN_STRING_VALUE},
    }

    answer = pack.Analyze(_inputs(DEPLOYMENT, deployment))

    assert _said(answer) == {"capacity-is-bounded": wire.MANDATORY}
    assert "The capacity 9000 is above" in answer.diagnostics[0].message


def test_an_unknown_capacity_is_said_and_is_no_pass(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    deployment = {
        "accountName": "oai-lab",
        "tags": {},
        "sku": {"name": "Standard", "capacity": UNKNOWN_NUMBER_VALUE},
        "properties": SERVES,
    }
    request = _inputs(DEPLOYMENT, deployment)

    alone = pack.Analyze(request)
    whole = pack.AnalyzeStack(
        wire.AnalyzeStackRequest(
            resources=[
                _stacked(ACCOUNT, "oai-lab", GOOD_ACCOUNT),
                _stacked(DEPLOYMENT, "one", {}, accountName=[_urn(ACCOUNT, "oai-lab", "prod")]),
            ]
        )
    )

    assert _said(alone) == {"tags-are-complete": wire.MANDATORY}
    assert _said(whole) == {"ftops-advice": wire.ADVISORY}
    assert "capacity-is-bounded (not known): sku.capacity" in whole.diagnostics[0].message
    assert whole.diagnostics[0].urn == request.urn


def test_a_rule_that_reads_the_account_finds_it_before_its_name_is_known(
    pack: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    far = {**GOOD_ACCOUNT, "location": "westeurope"}
    pack.Analyze(
        _inputs(
            DEPLOYMENT,
            {
                "accountName": UNKNOWN_STRING_VALUE,
                "tags": TAGS,
                "sku": {"name": "Standard", "capacity": 1},
                "properties": SERVES,
            },
        )
    )
    stack = wire.AnalyzeStackRequest(
        resources=[
            _stacked("pulumi:pulumi:Stack", "ftops-prod", {}),
            _stacked(ACCOUNT, "other", GOOD_ACCOUNT),
            _stacked(ACCOUNT, "far", far),
            _stacked(DEPLOYMENT, "one", {}, accountName=[_urn(ACCOUNT, "far", "prod")]),
        ]
    )

    answer = pack.AnalyzeStack(stack)

    assert _said(answer) == {"region-supports-the-model": wire.MANDATORY}
    assert answer.diagnostics[0].urn == _urn(DEPLOYMENT, "one", "prod")


def test_the_packs_json_config_sets_parameters(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    config = wire.PolicyConfig(
        enforcementLevel=wire.ADVISORY, properties=ParseDict({"capacity_max": 5}, Struct())
    )
    pack.Configure(wire.ConfigureAnalyzerRequest(policyConfig={"capacity-is-bounded": config}))
    deployment = {
        "accountName": "oai-lab",
        "tags": TAGS,
        "sku": {"name": "Standard", "capacity": 6},
        "properties": SERVES,
    }

    answer = pack.Analyze(_inputs(DEPLOYMENT, deployment))

    assert _said(answer) == {"capacity-is-bounded": wire.ADVISORY}
    assert "limit of 5" in answer.diagnostics[0].message


def test_an_empty_stack_and_a_type_of_no_cloud_are_fine(
    pack: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    assert _said(pack.AnalyzeStack(wire.AnalyzeStackRequest())) == {}
    assert _said(pack.Analyze(_inputs("random:index:Pet", {"length": 2}))) == {}


def test_the_pack_has_the_version_of_the_project_and_names_no_folder_for_its_python() -> None:
    project = yaml.safe_load((POLICIES / "PulumiPolicy.yaml").read_text(encoding="utf-8"))

    assert project["version"] == __version__
    assert project["runtime"] == "python"


def test_pulumi_s_own_option_tells_what_is_protected(pack: analyzer_pb2_grpc.AnalyzerStub) -> None:
    kept, bare = _inputs(ACCOUNT, GOOD_ACCOUNT), _inputs(ACCOUNT, GOOD_ACCOUNT)
    bare.options.protect = False
    told = [
        {each.policyName for each in pack.Analyze(request).diagnostics} for request in (kept, bare)
    ]

    assert told[1] - told[0] == {"protected-where-callers-depend"}
