"""The real engine on the sandbox: up, again, changed, refreshed, blocked, failed, destroyed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox
    from tests.journeys.conftest import Shell

ROOT = Path(__file__).parents[2]
GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ftops-dev"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai-ftops-dev"

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(
        shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH: no real engine"
    ),
]


def test_dev_lives_its_life_on_the_real_engine(shell: Shell, alone: Sandbox) -> None:
    """One long story, since each chapter needs the one before and costs some seconds."""
    shell.type("pulumi", "stack", "select", "-c", "dev")
    _comes_up(shell, alone)
    _changes_in_place_and_by_replacement(shell, alone)
    _drifts_and_is_put_right(shell, alone)
    _is_blocked_and_refused(shell, alone)
    _is_driven_by_ftops(shell)
    _takes_in_what_exists(shell, alone)
    _is_destroyed_to_nothing(shell, alone)


def _comes_up(shell: Shell, alone: Sandbox) -> None:
    said = shell.up()

    assert "7 created" in said
    assert "ftops@v" in said, "the policy pack was on"
    assert "7 unchanged" in shell.up("--expect-no-changes")
    account = shell.output()["accounts"]["oai-ftops-dev"]
    assert account["id"] == ACCOUNT
    assert account["endpoint"] == _found(alone, ACCOUNT)["properties"]["endpoint"]
    assert account["deployments"] == ["gpt-4.1-mini", "gpt-4.1-nano"]
    shipped = (ROOT / "stacks/Pulumi.dev.yaml").read_bytes()
    assert shell.stack_file.read_bytes() == shipped, "the tree stays clean"


def _changes_in_place_and_by_replacement(shell: Shell, alone: Sandbox) -> None:
    shell.change("capacity: 10", "capacity: 12", 1)
    shell.change("costCenter: research", "costCenter: labs")
    shell.change("- name: gpt-4.1-nano", "- name: nano")
    said = shell.up()

    assert "3 updated" in said
    assert "1 created" in said
    assert "1 deleted" in said
    mini = _found(alone, f"{ACCOUNT}/deployments/gpt-4.1-mini")
    assert (mini["sku"]["capacity"], mini["tags"]["costCenter"]) == (12, "labs")
    assert _found(alone, f"{ACCOUNT}/deployments/gpt-4.1-nano")["error"]["code"]


def _drifts_and_is_put_right(shell: Shell, alone: Sandbox) -> None:
    with alone.arm() as arm:
        arm.delete(f"{ACCOUNT}/deployments/nano").raise_for_status()
        keys_on = {"properties": {"disableLocalAuth": False}}
        arm.patch(ACCOUNT, json=keys_on).raise_for_status()
    drift = shell.type("pulumi", "refresh", "--yes")

    assert "1 deleted" in drift
    assert "1 updated" in drift
    said = shell.up()
    assert "1 created" in said
    assert "1 updated" in said
    assert _found(alone, ACCOUNT)["properties"]["disableLocalAuth"] is True


def _is_blocked_and_refused(shell: Shell, alone: Sandbox) -> None:
    good = shell.stack_file.read_text()
    shell.change("swedencentral", "swedencentrl")
    said = shell.up(fails=True)
    assert "stacks/Pulumi.dev.yaml:5: ftops:location: the catalog has no region" in said
    assert "swedencentral?" in said

    shell.stack_file.write_text(good)
    shell.change("capacity: 12", "capacity: 900000")
    assert "[mandatory]  capacity-is-bounded" in shell.up(fails=True)
    assert "dev would not come up" in shell.ftops("up", "dev", "--yes", code=1), (
        "preflight is first"
    )
    assert "Error: the policy pack says no: capacity-is-bounded" in shell.ftops(
        "preview", "dev", "--engine", code=1
    )

    said = shell.type("pulumi", "up", "--yes", "--skip-preview", fails=True)
    assert "gpt-4.1-mini: This operation require 899988 new capacity" in said
    assert "(InsufficientQuota)" in said
    assert _found(alone, f"{ACCOUNT}/deployments/gpt-4.1-mini")["sku"]["capacity"] == 12
    shell.stack_file.write_text(good)


def _is_driven_by_ftops(shell: Shell) -> None:
    shell.change("capacity: 12", "capacity: 13")
    done = subprocess.run(
        ["ftops", "up", "dev", "--target", "sandbox", "--yes", "--output", "json"],
        cwd=shell.root,
        env=shell.environ,
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    answer = json.loads(done.stdout)

    assert {each["name"]: each["action"] for each in answer["resources"]} == {
        "rg-ftops-dev": "unchanged",
        "budget-ftops-dev": "unchanged",
        "oai-ftops-dev": "unchanged",
        "gpt-4.1-mini": "updated",
        "nano": "unchanged",
    }
    assert answer["outputs"] == shell.output()


def _takes_in_what_exists(shell: Shell, alone: Sandbox) -> None:
    path = GROUP.replace("rg-ftops-dev", "rg-theirs")
    with alone.arm("2024-03-01") as arm:
        arm.put(path, json={"location": "westus", "tags": {"a": "b"}}).raise_for_status()
    token = "azure-native:resources:ResourceGroup"
    words = ("--yes", "--generate-code=false", "--protect=false")

    assert "1 imported" in shell.type("pulumi", "import", *words, token, "theirs", path)


def _is_destroyed_to_nothing(shell: Shell, alone: Sandbox) -> None:
    said = shell.type("pulumi", "destroy", "--yes")

    assert "8 deleted" in said, "seven of ours and the one that was imported"
    every = "/subscriptions/22222222-2222-2222-2222-222222222222/providers"
    accounts = _found(alone, f"{every}/Microsoft.CognitiveServices/accounts")["value"]
    assert ACCOUNT not in [account["id"] for account in accounts]
    for group in (GROUP, GROUP.replace("rg-ftops-dev", "rg-theirs")):
        assert _found(alone, group, "2024-03-01")["error"]["code"] == "ResourceGroupNotFound"


def _found(sandbox: Sandbox, path: str, api_version: str = "2025-06-01") -> Any:
    with sandbox.arm(api_version) as arm:
        return arm.get(path).json()


def test_another_environment_leaves_its_stack_file_as_it_was(shell: Shell) -> None:
    before = (shell.root / "stacks/Pulumi.staging.yaml").read_bytes()
    shell.type("ftops", "up", "staging", "--yes")

    assert (shell.root / "stacks/Pulumi.staging.yaml").read_bytes() == before
