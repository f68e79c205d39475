"""ftops on the real engine: a plan that is applied or refused, recovery, protection, destroy."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox
    from tests.journeys.conftest import Shell

GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ftops-dev"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai-ftops-dev"
NANO = f"{ACCOUNT}/deployments/gpt-4.1-nano"
MINI = f"{ACCOUNT}/deployments/gpt-4.1-mini"

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(
        shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH: no real engine"
    ),
]


def _answer(shell: Shell, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        ["ftops", *words, "--output", "json"],
        cwd=shell.root,
        env=shell.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _actions(shell: Shell, *words: str) -> dict[str, str]:
    return {each["name"]: each["action"] for each in _answer(shell, *words)["resources"]}


def _there(sandbox: Sandbox, path: str) -> Any:
    with sandbox.arm() as arm:
        answer = arm.get(path)
    return answer.json() if answer.is_success else None


def test_dev_is_reviewed_interrupted_protected_and_destroyed(shell: Shell, alone: Sandbox) -> None:
    """One long story, since each chapter needs the one before and costs some seconds."""
    _a_plan_is_applied(shell, alone)
    _a_plan_that_no_longer_holds_is_refused_untouched(shell, alone)
    _an_interrupted_run_is_taken_up_again(shell, alone)
    _what_is_protected_blocks_a_destroy(shell, alone)
    _a_stack_that_somebody_holds_is_left_to_them(shell, alone)
    _a_destroy_leaves_nothing_and_can_be_repeated(shell, alone)
    _a_deleted_account_comes_back(shell, alone)


def _a_plan_is_applied(shell: Shell, alone: Sandbox) -> None:
    foreseen = _answer(shell, "preview", "dev", "--save-plan", "dev.plan.json")
    assert (foreseen["source"], foreseen["plan"]) == ("engine", "dev.plan.json")
    assert {each["action"] for each in foreseen["resources"]} == {"create"}
    assert all(each["line"] for each in foreseen["resources"])
    assert _there(alone, ACCOUNT) is None, "a preview touches nothing"
    file = shell.root / "dev.plan.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["resourcePlans"], "it is Pulumi's own plan"

    assert set(_actions(shell, "up", "dev", "--plan", "dev.plan.json", "--yes").values()) == {
        "created"
    }


def _a_plan_that_no_longer_holds_is_refused_untouched(shell: Shell, alone: Sandbox) -> None:
    shell.change("capacity: 10", "capacity: 11", 1)
    shell.ftops("preview", "dev", "--save-plan", "dev.plan.json")
    shell.change("capacity: 11", "capacity: 12")
    said = shell.ftops("up", "dev", "--plan", "dev.plan.json", "--yes", code=4)
    assert "the plan no longer holds: ftops:accounts of the stack file changed since" in said
    assert "ftops preview dev --save-plan FILE" in said

    shell.change("capacity: 12", "capacity: 11")
    with alone.arm() as arm:
        keys_on = {"properties": {"disableLocalAuth": False}}
        arm.patch(ACCOUNT, json=keys_on).raise_for_status()
    said = shell.ftops("up", "dev", "--plan", "dev.plan.json", "--yes", code=4)
    assert "the plan no longer holds: oai-ftops-dev was same, now update" in said

    assert "is a plan of dev, not of staging" in shell.ftops(
        "up", "staging", "--plan", "dev.plan.json", "--yes", code=4
    )
    assert _there(alone, MINI)["sku"]["capacity"] == 10
    assert _there(alone, ACCOUNT)["properties"]["disableLocalAuth"] is False


def _an_interrupted_run_is_taken_up_again(shell: Shell, alone: Sandbox) -> None:
    shell.change("- name: gpt-4.1-nano", "- name: nano")
    command = ["ftops", "up", "dev", "--yes"]
    with subprocess.Popen(
        command,
        cwd=shell.root,
        env=shell.environ,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stderr is not None
        assert "gpt-4.1-mini" in running.stderr.readline()
        # As when the machine goes: the engine has no moment to write its state.
        os.killpg(running.pid, signal.SIGKILL)
    actions = _actions(shell, "up", "dev", "--yes")

    assert actions["gpt-4.1-nano"] == "deleted"
    assert _there(alone, MINI)["sku"]["capacity"] == 11
    assert _there(alone, f"{ACCOUNT}/deployments/nano") is not None
    assert _there(alone, NANO) is None
    assert set(_actions(shell, "up", "dev", "--yes").values()) == {"unchanged"}


def _what_is_protected_blocks_a_destroy(shell: Shell, alone: Sandbox) -> None:
    shell.type("pulumi", "state", "protect", "--all", "--yes", "--stack", "dev")
    said = shell.ftops("destroy", "dev", "--yes", code=1)

    assert "dev is protected, so nothing was deleted" in said
    assert "oai-ftops-dev" in said
    assert _there(alone, MINI) is not None, "nor what lies in what is protected"
    shell.type("pulumi", "state", "unprotect", "--all", "--yes", "--stack", "dev")


def _a_stack_that_somebody_holds_is_left_to_them(shell: Shell, alone: Sandbox) -> None:
    backend = Path(shell.environ["PULUMI_BACKEND_URL"].removeprefix("file://"))
    lock = (
        backend / ".pulumi/locks/organization/ftops/dev/11111111-1111-1111-1111-111111111111.json"
    )
    lock.parent.mkdir(parents=True, exist_ok=True)
    holder = {"pid": 1, "username": "ann", "hostname": "far", "timestamp": "2026-11-21T06:00:00Z"}
    lock.write_text(json.dumps(holder))
    said = shell.ftops("destroy", "dev", "--yes", code=4)
    lock.unlink()

    assert "another run holds this stack: ann on far, process 1 since 2026-11-21T06:00:00Z" in said
    assert "pulumi cancel" in said
    assert _there(alone, MINI) is not None


def _a_destroy_leaves_nothing_and_can_be_repeated(shell: Shell, alone: Sandbox) -> None:
    assert "changes wait for a yes" in shell.ftops("destroy", "dev", code=2)
    assert set(_actions(shell, "destroy", "dev", "--yes").values()) == {"deleted"}
    assert _there(alone, ACCOUNT) is None
    assert _actions(shell, "destroy", "dev", "--yes") == {}
    assert _actions(shell, "destroy", "staging", "--yes") == {}, "a stack that never was"


def _a_deleted_account_comes_back(shell: Shell, alone: Sandbox) -> None:
    assert "--restore-deleted" in shell.ftops("up", "dev", "--yes", code=1)
    actions = _actions(shell, "up", "dev", "--yes", "--restore-deleted")
    assert actions["oai-ftops-dev"] == "unchanged"
    assert (actions["gpt-4.1-mini"], actions["nano"]) == ("created", "created")
    assert _actions(shell, "destroy", "dev", "--yes", "--purge")["oai-ftops-dev"] == "purged"
    assert _there(alone, ACCOUNT) is None
