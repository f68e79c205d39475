"""A team's own project on the real engine: `ftops up` and `pulumi up` run from what init wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FOREIGN = ("FTOPS_", "AZURE_", "ARM_", "PULUMI_")

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(
        shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH: no real engine"
    ),
]


@dataclass(frozen=True)
class Team:
    """A folder outside the checkout, in a shell that points at a sandbox."""

    root: Path
    environ: dict[str, str]

    def type(self, *words: str, exit_code: int = 0) -> str:
        done = subprocess.run(
            words,
            cwd=self.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == exit_code, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def team(alone: Any, tmp_path_factory: pytest.TempPathFactory) -> Team:
    """The project is named otherwise than ftops, as two teams of one storage account must."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environ = {**plain, **alone.env}
    environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environ["PATH"]])
    root = tmp_path_factory.mktemp("elsewhere") / "contoso-tuning"
    Team(root.parent, environ).type("ftops", "init", str(root), "--owner", "contoso")
    return Team(root, environ)


def test_a_new_project_comes_up_by_ftops_and_by_pulumi_alike(team: Team) -> None:
    before = (team.root / "stacks/Pulumi.dev.yaml").read_bytes()
    team.type("ftops", "up", "dev", "--target", "sandbox", "--yes")
    assert (team.root / "stacks/Pulumi.dev.yaml").read_bytes() == before

    words = ("--stack", "dev", "--policy-pack", "policies")
    said = team.type("pulumi", "up", "--yes", "--expect-no-changes", *words)
    assert "ftops@v" in said, "the policy pack was on"
    assert "unchanged" in said
    assert "oai-contoso-tuning-dev" in team.type("pulumi", "stack", "output", "--json")


def test_state_lies_under_the_name_of_the_project(team: Team) -> None:
    team.type("pulumi", "stack", "select", "-c", "dev")
    state = Path(team.environ["PULUMI_BACKEND_URL"].removeprefix("file://"))

    assert (state / ".pulumi/stacks/contoso-tuning").is_dir()
    assert not (state / ".pulumi/stacks/ftops").exists()


def test_what_the_pack_blocks_does_not_come_up(team: Team) -> None:
    file = team.root / "stacks/Pulumi.prod.yaml"
    file.write_text(file.read_text().replace("capacity: 200", "capacity: 5000"))
    team.type("pulumi", "stack", "select", "-c", "prod")
    said = team.type("pulumi", "preview", "--policy-pack", "policies", exit_code=1)

    assert "capacity-is-bounded" in said


def test_an_upgrade_after_an_up_leaves_the_stack_files_to_the_team(team: Team) -> None:
    """The engine has written a salt into staging's by now, which is an edit like any other."""
    team.type("pulumi", "stack", "select", "-c", "staging")
    staging = team.root / "stacks/Pulumi.staging.yaml"
    before = staging.read_bytes()
    assert b"encryptionsalt" in before
    team.type("ftops", "init", ".", "--location", "eastus2")

    assert staging.read_bytes() == before
    assert "location: eastus2" in staging.with_name("Pulumi.staging.yaml.new").read_text()
