"""Every type of the ARM table lives its life on the sandbox, as the provider leads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.catalog.arm_case import CASES, GROUP_NAME, SUBSCRIPTION, Case

from ftops.azure.arm import Arm
from ftops.azure.session import open_session
from ftops.engine.change import changes
from ftops.engine.difference import differs
from ftops.engine.provider import Provider
from ftops_catalog.arm import request
from ftops_catalog.arm_type import read_arm_types
from ftops_catalog.errors import CloudRefused

if TYPE_CHECKING:
    from tests.conftest import Sandbox


@dataclass(frozen=True)
class Lab:
    """A provider on the sandbox, and a resource group that no other test has."""

    provider: Provider
    word: str

    def placed(self, case: Case) -> Case:
        """The case in this lab's group, under names that are one in all the world."""
        text = json.dumps([case.path, case.place, case.inputs, case.body, case.changed])
        text = text.replace(GROUP_NAME, f"{GROUP_NAME}-{self.word}")
        text = text.replace("starmcase", f"st{self.word}")
        return Case(case.token, *json.loads(text))

    def make(self, case: Case) -> tuple[str, Mapping[str, Any]]:
        """A resource and before it all that it lies in or speaks of."""
        for other in CASES:
            if other is not case and _speaks_of(case, other):
                placed = self.placed(other)
                if self.provider.read(placed.token, placed.path, {}) is None:
                    self.make(other)
        placed = self.placed(case)
        return self.provider.create(placed.token, placed.all_inputs)


def _speaks_of(case: Case, other: Case) -> bool:
    said = [case.path, *_texts(case.all_inputs)]
    return any(f"{text}/".startswith(f"{other.path}/") for text in said)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


@pytest.fixture
def lab(shell_env: Sandbox, unique: Callable[[str], str]) -> Iterator[Lab]:
    del shell_env
    with Arm(open_session("sandbox")) as arm:
        made = Lab(Provider(arm, SUBSCRIPTION), unique("x").removeprefix("x-"))
        yield made
        arm.delete(made.placed(CASES[0]).path, "2024-03-01")


@pytest.mark.parametrize("case", CASES, ids=[case.token for case in CASES])
def test_a_resource_of_every_type_is_made_read_changed_found_and_deleted(
    lab: Lab, case: Case
) -> None:
    provider, record = lab.provider, read_arm_types().token(case.token)
    made, state = lab.make(case)
    case = lab.placed(case)
    inputs = case.all_inputs

    assert provider.check(case.token, inputs) is None
    assert made.casefold() == case.path.casefold()
    assert state["id"] == made
    _reads_the_same(provider, case, inputs)
    imported = provider.read(case.token, made, {})
    assert imported is not None
    assert provider.check(case.token, dict(imported[0])) is None, "an import can be sent back"

    if case.changed is not None:
        changed = {**inputs, **case.changed}
        assert not any(each.replaces for each in changes(record, inputs, changed))
        provider.update(case.token, changed)
        _reads_the_same(provider, case, changed)
    function = case.token[: -len(record.token.split(":")[2])] + f"get{record.token.split(':')[2]}"
    assert provider.invoke(function, {**case.place, "expand": ""})["id"] == made

    provider.delete(case.token, made)
    assert provider.read(case.token, made, inputs) is None


def _reads_the_same(provider: Provider, case: Case, inputs: Mapping[str, Any]) -> None:
    """With a state to compare with there is no drift, and without one nothing to send."""
    record = read_arm_types().token(case.token)
    read = provider.read(case.token, case.path, dict(inputs))
    assert read is not None
    assert changes(record, inputs, read[0]) == []
    sent = request(record, inputs, SUBSCRIPTION)
    found = provider.arm.get(sent.path, sent.api_version)
    assert found is not None
    assert not differs(record, sent.body, found)


def test_what_has_keys_lists_them(lab: Lab) -> None:
    cases = {case.token: case for case in CASES}
    for kind, function, name in (
        ("storage:StorageAccount", "storage:listStorageAccountKeys", "keys"),
        ("operationalinsights:Workspace", "operationalinsights:getWorkspaceSharedKeys", "primary"),
    ):
        case = cases[f"azure-native:{kind}"]
        lab.make(case)
        place = lab.placed(case).place
        answer = lab.provider.invoke(f"azure-native:{function}", dict(place))

        assert any(key.startswith(name) for key in answer)


def test_a_budget_is_updated_with_the_etag_of_what_is_there(lab: Lab) -> None:
    case = next(each for each in CASES if each.token.endswith(":Budget"))
    made, state = lab.make(case)
    inputs = lab.placed(case).all_inputs
    again = lab.provider.update(case.token, {**inputs, "amount": 7})

    assert state["eTag"] != again["eTag"]
    read = lab.provider.read(case.token, made, {})
    assert read is not None
    assert "eTag" not in read[0]
    with pytest.raises(CloudRefused, match="month"):
        lab.provider.update(case.token, {**inputs, "eTag": state["eTag"]})


def test_a_resource_that_is_not_there_cannot_be_got(lab: Lab) -> None:
    arguments = {"resourceGroupName": "rg-nowhere", "workspaceName": "logs"}
    with pytest.raises(CloudRefused, match="was not found"):
        lab.provider.invoke("azure-native:operationalinsights:getWorkspace", arguments)
