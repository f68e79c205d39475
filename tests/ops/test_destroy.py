"""`ftops destroy` without the Pulumi CLI: what is declared goes, and nothing that is not."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from azure.identity import DefaultAzureCredential
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from ftops.cli import main
from ftops.engine.deletion import plan_deletion
from ftops.engine.step import Step
from ftops_policies.resource import Resource

if TYPE_CHECKING:
    from tests.conftest import Sandbox

ROOT = Path(__file__).parents[2]
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"


@dataclass(frozen=True)
class Project:
    """An environment `mine` with names of its own, in a shell that points at the sandbox."""

    root: Path
    group: str

    @property
    def file(self) -> Path:
        return self.root / "stacks/Pulumi.mine.yaml"

    @property
    def account(self) -> str:
        return f"{self.group}/providers/Microsoft.CognitiveServices/accounts/oai"

    def add(self, line: str) -> None:
        """Adds a key to the stack file's config."""
        text = self.file.read_text()
        self.file.write_text(text.replace("config:\n", f"config:\n  {line}\n", 1))

    def ftops(self, *words: str, exit_code: int = 0) -> Result:
        done = CliRunner().invoke(main, list(words), catch_exceptions=False)
        assert done.exit_code == exit_code, done.output
        assert "Traceback" not in done.stderr
        return done

    def destroy(self, *options: str) -> dict[str, str]:
        done = self.ftops("destroy", "mine", "--yes", *options, "--output", "json")
        answer: dict[str, Any] = json.loads(done.stdout)
        assert answer["schema"] == "ftops/destroy/v1"
        return {each["name"]: each["action"] for each in answer["resources"]}


@pytest.fixture
def project(
    shell_env: Sandbox,
    tmp_path: Path,
    unique: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    """The environment is up; the Pulumi CLI is not on this machine."""
    del shell_env
    folders = os.environ["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if not (Path(folder) / "pulumi").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(kept))
    monkeypatch.chdir(tmp_path)
    group = unique("rg-down")
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "stacks").mkdir()
    text = (ROOT / "stacks/Pulumi.dev.yaml").read_text()
    text = text.replace("rg-ftops-dev", group).replace("oai-ftops-dev", "oai")
    text = text.replace("- name: oai\n", f"- name: oai\n      customSubDomainName: {group}\n")
    (tmp_path / "stacks/Pulumi.mine.yaml").write_text(text)
    made = Project(tmp_path, f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}")
    made.ftops("up", "mine", "--yes")
    return made


def _deleted(project: Project) -> list[str]:
    """The accounts of the group that Azure still keeps, by the SDK's own word."""
    group = project.group.rsplit("/", 1)[-1]
    with CognitiveServicesManagementClient(DefaultAzureCredential(), SUBSCRIPTION) as client:
        return [
            str(each.name)
            for each in client.deleted_accounts.list()
            if f"/{group}/" in str(each.id)
        ]


def test_everything_declared_goes_children_first_and_a_second_run_finds_nothing(
    project: Project, sandbox: Sandbox
) -> None:
    done = project.ftops("destroy", "mine", "--yes", "--target", "sandbox")
    order = [line.split()[1] for line in done.stderr.splitlines() if line.startswith("deleted")]

    assert order[-2:] == ["oai", project.group.rsplit("/", 1)[-1]]
    with sandbox.arm("2024-03-01") as arm:
        assert arm.get(project.group).status_code == 404
    assert _deleted(project) == ["oai"]
    assert project.destroy() == {}
    assert "nothing is there" in project.ftops("destroy", "mine", "--yes").stdout


def test_what_holds_something_undeclared_stays_with_it(project: Project, sandbox: Sandbox) -> None:
    body = {
        "sku": {"name": "GlobalStandard", "capacity": 1},
        "tags": {"managed-by": "ftops"},
        "properties": {
            "model": {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        },
    }
    with sandbox.arm() as arm:
        arm.put(f"{project.account}/deployments/theirs", json=body).raise_for_status()
    group = project.group.rsplit("/", 1)[-1]

    assert project.destroy() == {
        "gpt-4.1-mini": "deleted",
        "gpt-4.1-nano": "deleted",
        "oai": "retained",
        group: "retained",
        "budget-ftops-mine": "deleted",
        "theirs": "undeclared",
    }
    with sandbox.arm() as arm:
        assert arm.get(f"{project.account}/deployments/theirs").is_success


def test_a_purge_leaves_nothing_even_of_an_earlier_destroy(project: Project) -> None:
    project.destroy()
    assert _deleted(project) == ["oai"]

    said = project.ftops("destroy", "mine", "--purge", exit_code=2).stderr
    assert "1 changes wait for a yes" in said, "a purge is asked about even where nothing stands"
    assert project.destroy("--purge") == {"oai": "purged"}
    assert _deleted(project) == []
    assert project.destroy("--purge") == {}


def test_the_stack_file_can_ask_for_the_purge(project: Project) -> None:
    project.add("ftops:purgeOnDestroy: true")

    assert project.destroy()["oai"] in {"deleted", "purged"}
    assert _deleted(project) == []


def test_what_is_protected_is_not_touched(project: Project, sandbox: Sandbox) -> None:
    project.add("ftops:protect: true")
    done = project.ftops("destroy", "mine", "--yes", exit_code=1)

    assert "mine is protected, so nothing was deleted" in done.stderr
    assert "take `protect` out of its stack file" in done.stderr
    with sandbox.arm() as arm:
        assert arm.get(f"{project.account}/deployments/gpt-4.1-nano").is_success


def test_what_is_to_outlive_its_destroy_stays(project: Project, sandbox: Sandbox) -> None:
    project.add("ftops:retainOnDelete: true")

    assert set(project.destroy().values()) == {"retained"}
    with sandbox.arm() as arm:
        assert arm.get(project.account).is_success


def test_nobody_there_to_answer_is_no_yes(project: Project, sandbox: Sandbox) -> None:
    done = project.ftops("destroy", "mine", exit_code=2)

    assert "5 changes wait for a yes" in done.stderr
    assert "ftops destroy mine --yes" in done.stderr
    with sandbox.arm() as arm:
        assert arm.get(project.account).is_success


def test_azure_is_never_emptied_without_a_state(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FTOPS_SANDBOX")
    done = project.ftops("destroy", "mine", "--yes", exit_code=4)

    assert "without the Pulumi CLI nothing is deleted on Azure" in done.stderr
    assert "https://www.pulumi.com/docs/install" in done.stderr


def test_an_environment_that_no_file_declares_is_not_guessed(project: Project) -> None:
    done = project.ftops("destroy", "mein", "--yes", exit_code=2)

    assert "there is no environment 'mein'" in done.stderr


IDS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(
    lambda parts: "/" + "/".join(parts)
)


@given(st.sets(IDS), st.sets(IDS))
def test_nothing_is_deleted_that_holds_what_is_not_declared(
    declared: set[str], others: set[str]
) -> None:
    strange = [Step("t", each, each, "undeclared") for each in others - declared]
    planned = plan_deletion([Resource("t", each, {}, each) for each in declared], strange)
    gone = [step.id for step in planned if step.action == "deleted"]

    assert {step.id for step in planned} == declared
    assert not any(other.id.startswith(f"{each}/") for each in gone for other in strange)
