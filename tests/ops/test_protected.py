"""What is protected and what would be purged: told by the program, by Pulumi's files, by locks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftops.engine.listing import list_resources
from ftops.preview_file import read_preview_file
from ftops.sandbox import SUBSCRIPTION_ID
from ftops_policies import Resource
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP

if TYPE_CHECKING:
    from tests.ops.conftest import Lab

ROOT = Path(__file__).parents[2]
KEPT = {RESOURCE_GROUP, ACCOUNT, DEPLOYMENT}
GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg-lab"
URN = "urn:pulumi:prod::ftops::azure-native:cognitiveservices:Account::oai"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, tmp_path)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("*.py"))
    return tmp_path


def _kept(listed: list[Resource]) -> set[bool | None]:
    return {each.protect for each in listed if each.type in KEPT}


def test_the_program_tells_what_the_stack_file_protects(project: Path) -> None:
    prod, dev = list_resources("prod", project), list_resources("dev", project)

    assert (_kept(prod), _kept(dev)) == ({True}, {False})
    assert {each.protect for each in prod if each.type.endswith("/budgets")} == {False}


def test_an_account_that_is_to_be_purged_says_so_and_others_do_not(project: Path) -> None:
    file = project / "stacks/Pulumi.dev.yaml"
    before = {each.tag("purge-on-destroy") for each in list_resources("dev", project)}
    said = "config:\n  ftops:purgeOnDestroy: true\n"
    file.write_text(file.read_text().replace("config:\n", said))
    marked = {each.type for each in list_resources("dev", project) if each.tag("purge-on-destroy")}

    assert before == {None}
    assert marked == {ACCOUNT}


@pytest.mark.parametrize(
    "state", [{"protect": True}, {"protect": False}, {}], ids=["on", "off", "left out"]
)
def test_a_preview_tells_what_is_protected(state: dict[str, Any], tmp_path: Path) -> None:
    token = URN.split("::")[2]
    step = {"op": "create", "urn": URN, "newState": {"type": token, "inputs": {}, **state}}
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": [step]}))

    assert [each.protect for each in read_preview_file(file).resources] == [
        state.get("protect", False)
    ]


def test_a_plan_tells_what_is_protected_and_one_without_a_goal_does_not(tmp_path: Path) -> None:
    goal = {"type": URN.split("::")[2], "inputDiff": {"adds": {"accountName": "oai"}}}
    told = []
    for plan in ({"goal": {**goal, "protect": True}}, {"goal": goal}, {"state": {"a": 1}}):
        file = tmp_path / "plan.json"
        file.write_text(json.dumps({"resourcePlans": {URN: {"steps": ["create"], **plan}}}))
        told += [each.protect for each in read_preview_file(file).resources]

    assert told == [True, False, None]


@pytest.fixture
def locked(lab: Lab) -> Iterator[Lab]:
    """The lab with a second account, and a lock on the first."""
    lab.make_account("oai-bare")
    lock = f"{GROUP}/providers/{ACCOUNT}/oai-lab/providers/Microsoft.Authorization/locks/keep"
    with lab.sandbox.arm("2020-05-01") as arm:
        made = arm.put(lock, json={"properties": {"level": "CanNotDelete"}})
        assert made.is_success, made.text
        yield lab
        arm.delete(lock)


def _unprotected(lab: Lab, project: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The state of the rule on protection, by resource."""
    (project / "policies").mkdir(exist_ok=True)
    rule = "protected-where-callers-depend: {parameters: {protect_required: true}}"
    (project / "policies/settings.yaml").write_text(f"defaults: {{rules: {{{rule}}}}}\n")
    monkeypatch.chdir(project)
    found = lab.json("policy", "audit", exit_code=1)["findings"]
    return {
        each["resource"]: each["state"]
        for each in found
        if each["rule"] == "protected-where-callers-depend"
    }


def test_a_lock_protects_what_it_stands_on_and_what_lies_in_it(
    locked: Lab, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _unprotected(locked, project, monkeypatch) == {"oai-bare": "unknown"}


def test_locks_that_azure_does_not_show_leave_it_unknown(
    locked: Lab, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked.sandbox.refuse("GET .*/Microsoft.Authorization/locks", 403, times=9)
    found = _unprotected(locked, project, monkeypatch)
    locked.sandbox.heal()

    assert found == dict.fromkeys(("oai-bare", "oai-lab", "oai-lab/base"), "unknown")


def test_a_lock_on_the_group_protects_all_of_it(
    lab: Lab, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = f"{GROUP}/providers/Microsoft.Authorization/locks/all"
    with lab.sandbox.arm("2020-05-01") as arm:
        arm.put(lock, json={"properties": {"level": "ReadOnly"}})
        found = _unprotected(lab, project, monkeypatch)
        arm.delete(lock)

    assert found == {}
