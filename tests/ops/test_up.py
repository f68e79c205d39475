"""`ftops up` without the Pulumi CLI, against a sandbox that runs: it repeats, names, and asks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from azure.identity import DefaultAzureCredential
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from click.testing import CliRunner, Result

from ftops.cli import main

if TYPE_CHECKING:
    from tests.conftest import Sandbox

ROOT = Path(__file__).parents[2]
SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"


@dataclass(frozen=True)
class Project:
    """A project with an environment `mine` of its own names, and a shell that points somewhere."""

    root: Path
    group: str

    @property
    def file(self) -> Path:
        return self.root / "stacks/Pulumi.mine.yaml"

    @property
    def account(self) -> str:
        return f"{self.group}/providers/Microsoft.CognitiveServices/accounts/oai"

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))

    def up(self, *options: str, exit_code: int = 0) -> Result:
        done = CliRunner().invoke(main, ["up", "mine", *options], catch_exceptions=False)
        assert done.exit_code == exit_code, done.output
        assert "Traceback" not in done.stderr
        return done

    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.up("--yes", "--output", "json").stdout)
        return found

    def actions(self) -> dict[str, str]:
        return {each["name"]: each["action"] for each in self.answer()["resources"]}


@pytest.fixture
def project(
    shell_env: Sandbox,
    tmp_path: Path,
    unique: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    """In a shell that points at the sandbox, on a machine without the Pulumi CLI."""
    del shell_env
    folders = os.environ["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if not (Path(folder) / "pulumi").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(kept))
    monkeypatch.chdir(tmp_path)
    group = unique("rg-up")
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "stacks").mkdir()
    text = (ROOT / "stacks/Pulumi.dev.yaml").read_text()
    text = text.replace("rg-ftops-dev", group).replace("oai-ftops-dev", "oai")
    text = text.replace("- name: oai\n", f"- name: oai\n      customSubDomainName: {group}\n")
    (tmp_path / "stacks/Pulumi.mine.yaml").write_text(text)
    return Project(tmp_path, f"{SUBSCRIPTION}/resourceGroups/{group}")


@pytest.fixture
def healed(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The sandbox, every fault taken back afterwards."""
    yield sandbox
    sandbox.heal()


def test_an_environment_comes_up_and_a_second_run_finds_nothing_to_do(project: Project) -> None:
    first = project.answer()

    assert first["schema"] == "ftops/up/v1"
    assert (first["environment"], first["target"]) == ("mine", "sandbox")
    assert [each["action"] for each in first["resources"]] == ["created"] * 5
    assert all(each["id"].startswith(project.group) for each in first["resources"])
    endpoint = first["outputs"]["accounts"]["oai"]["endpoint"]
    assert endpoint.startswith("https://rg-up-")
    assert endpoint.endswith(".openai.azure.com/")
    assert set(project.actions().values()) == {"unchanged"}


def test_a_changed_capacity_changes_one_deployment(project: Project, sandbox: Sandbox) -> None:
    project.up("--yes", "--target", "sandbox")
    project.change("capacity: 10\n        - name", "capacity: 11\n        - name")
    with sandbox.arm() as arm:
        keys_on = {"properties": {"disableLocalAuth": False}}
        arm.patch(project.account, json=keys_on).raise_for_status()

    assert project.actions() == {
        project.group.rsplit("/", 1)[-1]: "unchanged",
        "oai": "updated",
        "gpt-4.1-mini": "updated",
        "gpt-4.1-nano": "unchanged",
        "budget-ftops-mine": "unchanged",
    }
    with sandbox.arm() as arm:
        assert (
            arm.get(f"{project.account}/deployments/gpt-4.1-mini").json()["sku"]["capacity"] == 11
        )
        assert arm.get(project.account).json()["properties"]["disableLocalAuth"] is True


def test_what_is_no_longer_declared_is_named_and_left(project: Project, sandbox: Sandbox) -> None:
    project.up("--yes")
    project.change("name: gpt-4.1-nano", "name: other")
    with sandbox.arm() as arm:
        arm.put(
            f"{project.account}/deployments/experiment",
            json={
                "sku": {"name": "GlobalStandard", "capacity": 1},
                "tags": {"managed-by": "ftops"},
                "properties": {
                    "model": {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
                },
            },
        ).raise_for_status()
        time.sleep(1)
    actions = project.actions()

    assert actions["gpt-4.1-nano"] == "undeclared"
    assert actions["other"] == "created"
    assert "experiment" not in actions
    with sandbox.arm() as arm:
        assert arm.get(f"{project.account}/deployments/gpt-4.1-nano").is_success


def test_without_a_person_and_without_yes_nothing_is_touched(
    project: Project, sandbox: Sandbox
) -> None:
    done = project.up(exit_code=2)

    assert "5 changes wait for a yes" in done.stderr
    assert "ftops up mine --yes" in done.stderr
    with sandbox.arm("2024-03-01") as arm:
        assert arm.get(project.group).status_code == 404


def test_more_than_the_quota_is_refused_before_anything_is_touched(project: Project) -> None:
    project.change("capacity: 10\n  ftops:tags", "capacity: 900000\n  ftops:tags")
    done = project.up("--yes", exit_code=1)

    assert "900000 wanted" in done.stderr
    assert "ftops quota plan" in done.stderr
    project.change("900000", "10")
    assert set(project.actions().values()) == {"created"}


def test_quota_that_nobody_could_see_is_azure_s_sentence_and_the_next_run_is_clean(
    project: Project, healed: Sandbox
) -> None:
    project.change("capacity: 10\n        - name", "capacity: 11\n        - name")
    project.change("capacity: 10\n  ftops:tags", "capacity: 900000\n  ftops:tags")
    healed.refuse("GET .*/usages.*", 403, times=1, code="AuthorizationFailed", message="No.")
    done = project.up("--yes", exit_code=3)

    assert "unverified: " in done.stderr
    assert "InsufficientQuota" in done.stderr
    assert "gpt-4.1-nano: This operation require 900000 new capacity" in done.stderr
    assert "ftops quota" in done.stderr
    project.change("900000", "10")
    assert project.actions()["gpt-4.1-nano"] == "created"
    assert set(project.actions().values()) == {"unchanged"}


def test_an_azure_that_is_busy_is_asked_again(project: Project, healed: Sandbox) -> None:
    healed.refuse(f"PUT .*{project.group.rsplit('/', 1)[-1]}.*", 429, times=2, retry_after_ms=50)

    assert set(project.actions().values()) == {"created"}


def test_a_refusal_quotes_azure_s_code(project: Project, healed: Sandbox) -> None:
    healed.refuse(
        f"PUT .*{project.group.rsplit('/', 1)[-1]}/providers/Microsoft.CognitiveServices/.*",
        403,
        times=1,
        code="AuthorizationFailed",
        message="The client does not have authorization.",
    )
    done = project.up("--yes", exit_code=3)

    assert (
        "Error: oai: The client does not have authorization. (AuthorizationFailed)" in done.stderr
    )


def test_a_region_cannot_be_changed_where_nothing_is_deleted(project: Project) -> None:
    project.up("--yes")
    project.change("swedencentral", "eastus2")
    done = project.up("--yes", exit_code=4)

    assert "has the location 'swedencentral'" in done.stderr
    assert "Pulumi CLI" in done.stderr


def _delete(project: Project, sandbox: Sandbox) -> None:
    with sandbox.arm() as arm:
        for name in ("gpt-4.1-mini", "gpt-4.1-nano"):
            arm.delete(f"{project.account}/deployments/{name}").raise_for_status()
        arm.delete(project.account).raise_for_status()


def _keys(project: Project, sandbox: Sandbox) -> dict[str, str]:
    """An account's keys, which are its own for as long as it lives."""
    with sandbox.arm() as arm:
        answer = arm.post(f"{project.account}/listKeys").raise_for_status()
    found: dict[str, str] = answer.json()
    return found


def _up_with_keys(project: Project, sandbox: Sandbox) -> dict[str, str]:
    project.change("- name: oai\n", "- name: oai\n      disableLocalAuth: false\n")
    project.up("--yes")
    return _keys(project, sandbox)


def _kept(project: Project) -> bool:
    """Whether Azure still keeps the deleted account, by the SDK's own word."""
    group = project.group.rsplit("/", 1)[-1]
    with CognitiveServicesManagementClient(
        DefaultAzureCredential(), SUBSCRIPTION.rsplit("/", 1)[-1]
    ) as client:
        return any(f"/{group}/" in str(each.id) for each in client.deleted_accounts.list())


def test_an_account_that_was_deleted_lately_names_the_ways_out(
    project: Project, sandbox: Sandbox
) -> None:
    project.up("--yes")
    _delete(project, sandbox)
    done = project.up("--yes", exit_code=1)

    assert "oai was deleted on" in done.stderr
    assert "its name is held until" in done.stderr
    assert "ftops up mine --restore-deleted" in done.stderr
    assert "--purge-deleted" in done.stderr
    assert _kept(project)


def test_a_deleted_account_comes_back_with_what_it_held(project: Project, sandbox: Sandbox) -> None:
    before = _up_with_keys(project, sandbox)
    _delete(project, sandbox)
    assert "1 changes wait for a yes" in project.up("--restore-deleted", exit_code=2).stderr
    assert _kept(project)
    project.up("--yes", "--restore-deleted")

    assert _keys(project, sandbox) == before
    assert set(project.actions().values()) == {"unchanged"}
    assert not _kept(project)


def test_a_purged_account_makes_room_for_a_new_one(project: Project, sandbox: Sandbox) -> None:
    before = _up_with_keys(project, sandbox)
    _delete(project, sandbox)
    project.up("--yes", "--purge-deleted")

    assert _keys(project, sandbox) != before
    assert not _kept(project)


def test_an_interrupt_leaves_what_the_same_command_goes_on_from(project: Project) -> None:
    command = [sys.executable, "-m", "ftops", "up", "mine", "--yes"]
    with subprocess.Popen(command, cwd=project.root, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        # The first line comes when the resource group has been made, the account is next.
        assert "created" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()

    assert running.returncode == 130
    assert "Traceback" not in said
    assert project.actions()["gpt-4.1-mini"] == "created"


def test_azure_is_not_touched_without_the_cli(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FTOPS_SANDBOX")
    done = project.up("--yes", exit_code=4)

    assert "without the Pulumi CLI nothing is changed on Azure" in done.stderr
    assert "https://www.pulumi.com/docs/install" in done.stderr


def test_the_target_is_asserted(project: Project) -> None:
    done = project.up("--yes", "--target", "azure", exit_code=4)

    assert "this shell points at the sandbox, not at azure" in done.stderr


def test_a_mistake_is_told_before_anything_is_asked(project: Project) -> None:
    project.change("gpt-4.1-nano\n          version", "gpt-4.1-nan\n          version")
    done = project.up("--yes", exit_code=4)

    assert "stacks/Pulumi.mine.yaml:" in done.stderr
    assert "no model 'gpt-4.1-nan'" in done.stderr
