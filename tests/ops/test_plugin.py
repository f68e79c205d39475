"""The stand-in plugin over its own gRPC wire, no engine needed: the life of a resource group."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]  # ships no types
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from ftops.engine.wire import Empty, read_struct, write_struct
from ftops_policies.resource import UNKNOWN

if TYPE_CHECKING:
    from tests.conftest import Sandbox

GROUP = "azure-native:resources:ResourceGroup"
ACCOUNT = "azure-native:cognitiveservices:Account"
PLUGIN = [sys.executable, "-m", "ftops.engine.plugin", "127.0.0.1:1"]
DIFF = provider_pb2.DiffResponse


def _urn(token: str) -> str:
    return f"urn:pulumi:dev::ftops::ftops:stacks:OpenAIAccount${token}::name"


@pytest.fixture(scope="module")
def plugin(sandbox: Sandbox) -> Iterator[Any]:
    """A client of a plugin that runs as the engine would run it."""
    env = {**os.environ, **sandbox.env}
    with subprocess.Popen(PLUGIN, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.terminate()


@pytest.fixture
def group(unique: Callable[[str], str]) -> dict[str, Any]:
    return {
        "resourceGroupName": unique("rg-plugin"),
        "location": "westus",
        "tags": {"owner": "me"},
    }


def _create(plugin: Any, inputs: dict[str, Any], *, preview: bool = False) -> Any:
    return plugin.Create(
        provider_pb2.CreateRequest(
            urn=_urn(GROUP), properties=write_struct(inputs), preview=preview
        )
    )


def _diff(plugin: Any, old: dict[str, Any], new: dict[str, Any]) -> Any:
    return plugin.Diff(
        provider_pb2.DiffRequest(
            urn=_urn(GROUP), old_inputs=write_struct(old), news=write_struct(new)
        )
    )


def test_a_resource_is_made_read_changed_and_deleted(plugin: Any, group: dict[str, Any]) -> None:
    made = _create(plugin, group)
    read = plugin.Read(
        provider_pb2.ReadRequest(urn=_urn(GROUP), id=made.id, inputs=write_struct(group))
    )
    changed = {**group, "tags": {"owner": "you"}}
    updated = plugin.Update(
        provider_pb2.UpdateRequest(urn=_urn(GROUP), id=made.id, news=write_struct(changed))
    )
    plugin.Delete(provider_pb2.DeleteRequest(urn=_urn(GROUP), id=made.id))
    gone = plugin.Read(provider_pb2.ReadRequest(urn=_urn(GROUP), id=made.id))

    assert read_struct(made.properties)["name"] == group["resourceGroupName"]
    assert read_struct(read.inputs) == group
    assert read_struct(updated.properties)["tags"] == {"owner": "you"}
    assert gone.id == ""


def test_an_import_reads_the_inputs_off_azure(plugin: Any, group: dict[str, Any]) -> None:
    made = _create(plugin, group)
    read = plugin.Read(provider_pb2.ReadRequest(urn=_urn(GROUP), id=made.id))

    assert read_struct(read.inputs) == group


def test_a_preview_makes_nothing_and_foresees_the_id(plugin: Any, group: dict[str, Any]) -> None:
    foreseen = read_struct(_create(plugin, group, preview=True).properties)

    assert foreseen["id"].endswith(group["resourceGroupName"])
    gone = plugin.Read(provider_pb2.ReadRequest(urn=_urn(GROUP), id=foreseen["id"]))
    assert gone.id == ""


def test_what_is_there_already_must_be_imported(plugin: Any, group: dict[str, Any]) -> None:
    _create(plugin, group)
    with pytest.raises(grpc.RpcError) as caught:
        _create(plugin, group)

    said = caught.value.details()
    assert "cannot create already existing resource" in said
    assert "Hint: " in said
    assert "Traceback" not in said


def test_equal_inputs_are_no_diff(plugin: Any, group: dict[str, Any]) -> None:
    assert _diff(plugin, group, group).changes == DIFF.DIFF_NONE


def test_a_tag_is_changed_in_place(plugin: Any, group: dict[str, Any]) -> None:
    diff = _diff(plugin, group, {**group, "tags": {"owner": "you"}})

    assert list(diff.replaces) == []
    assert list(diff.detailedDiff) == ["tags.owner"]


def test_another_region_replaces_and_the_old_one_goes_first(
    plugin: Any, group: dict[str, Any]
) -> None:
    diff = _diff(plugin, group, {**group, "location": "eastus2"})

    assert list(diff.replaces) == ["location"]
    assert diff.deleteBeforeReplace


def test_another_name_replaces_and_the_old_one_may_stay_until_then(
    plugin: Any, group: dict[str, Any]
) -> None:
    diff = _diff(plugin, group, {**group, "resourceGroupName": "other"})

    assert list(diff.replaces) == ["resourceGroupName"]
    assert not diff.deleteBeforeReplace


@pytest.mark.parametrize(
    ("token", "inputs", "named", "said"),
    [
        (GROUP, {"location": "westus"}, "resourceGroupName", "needs resourceGroupName"),
        (GROUP, {"resourceGroupName": "g", "locaton": "x"}, "", "no input 'locaton'"),
        ("azure-native:cognitiveservices:Acount", {}, "", "Did you mean"),
    ],
)
def test_check_names_what_is_wrong(
    plugin: Any, token: str, inputs: dict[str, Any], named: str, said: str
) -> None:
    (failure,) = plugin.Check(
        provider_pb2.CheckRequest(urn=_urn(token), news=write_struct(inputs))
    ).failures

    assert said in failure.reason
    assert failure.property in {named, "location"}


def test_check_lets_pass_what_is_not_known_yet(plugin: Any) -> None:
    inputs = {"resourceGroupName": UNKNOWN, "location": "westus"}
    request = provider_pb2.CheckRequest(urn=_urn(GROUP), news=write_struct(inputs))

    assert list(plugin.Check(request).failures) == []


def test_functions_are_answered_or_refused_by_name(plugin: Any, group: dict[str, Any]) -> None:
    _create(plugin, group)

    def ask(function: str, **arguments: Any) -> dict[str, Any]:
        request = provider_pb2.InvokeRequest(tok=function, args=write_struct(arguments))
        return read_struct(getattr(plugin.Invoke(request), "return"))

    name = group["resourceGroupName"]
    client = ask("azure-native:authorization:getClientConfig")
    assert client["subscriptionId"] == "22222222-2222-2222-2222-222222222222"
    assert ask("azure-native:resources:getResourceGroup", resourceGroupName=name)["name"] == name
    with pytest.raises(grpc.RpcError, match="has no function azure-native:storage:listKeys"):
        ask("azure-native:storage:listKeys")


def test_a_refusal_carries_azure_s_code(plugin: Any, unique: Callable[[str], str]) -> None:
    inputs = {"resourceGroupName": unique("rg-none"), "accountName": "oai", "location": "westus"}
    request = provider_pb2.CreateRequest(urn=_urn(ACCOUNT), properties=write_struct(inputs))
    with pytest.raises(grpc.RpcError, match="ResourceGroupNotFound"):
        plugin.Create(request)


def test_it_reports_the_version_that_the_sdk_asks_for(plugin: Any) -> None:
    from importlib.metadata import version

    found = plugin.GetPluginInfo(Empty()).version

    assert found == version("pulumi-azure-native")


def test_without_the_sandbox_it_does_not_start() -> None:
    env = {name: value for name, value in os.environ.items() if name != "FTOPS_SANDBOX"}
    done = subprocess.run(PLUGIN, env=env, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 1
    assert done.stdout == ""
    assert "serves the sandbox alone" in done.stderr
