"""Each scenario on the real engine: up under the policy pack, again, unprotected, gone."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.journeys.conftest import FOREIGN, Shell
from tests.journeys.test_scenarios import GROUPS, NAMES, furnish, project_of

if TYPE_CHECKING:
    from tests.conftest import Sandbox

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(
        shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH: no real engine"
    ),
]


@pytest.fixture(scope="module")
def scenarios(alone: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell in the project of the scenarios, pointed at a sandbox with a lab and a hub."""
    root = project_of(tmp_path_factory.mktemp("scenarios"))
    furnish(alone, root)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environ = {**plain, **alone.env}
    environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environ["PATH"]])
    return Shell(root, environ)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_lives_on_the_real_engine(name: str, scenarios: Shell, alone: Sandbox) -> None:
    scenarios.type("pulumi", "stack", "select", "-c", name)
    said = scenarios.up("--skip-preview")
    again = scenarios.up("--skip-preview", "--expect-no-changes", "--refresh")
    if name == "waf-aligned":
        # Its preview is what keeps a destroy from deleting what is not protected first.
        assert "protected" in scenarios.type("pulumi", "destroy", "--yes", fails=True)
        scenarios.type("pulumi", "state", "unprotect", "--all", "--yes")
    gone = scenarios.type("pulumi", "destroy", "--yes", "--skip-preview")

    made = said.rpartition("+ ")[2].partition(" ")[0]
    assert f"{made} unchanged" in again
    assert f"{made} deleted" in gone
    with alone.arm("2024-03-01") as arm:
        assert arm.get(f"{GROUPS}/rg-ftops-{name}").status_code == 404
