"""Evidence of a tuned model on the real engine: asked for by the pack, changed in place."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.journeys.conftest import FOREIGN, Shell
from tests.journeys.test_scenarios import A_MODEL, LAB, furnish, project_of

if TYPE_CHECKING:
    from tests.conftest import Sandbox

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(
        shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH: no real engine"
    ),
]
STACK = f"""\
config:
  ftops:location: swedencentral
  ftops:tags: {{owner: ml-platform}}
  ftops:accounts:
    - name: oai-evidence
      deployments:
        - name: support
          model: {A_MODEL}
          source: {LAB}
          sku: Standard
          capacity: 10
"""
READY = """\
          readiness:
            approvedBy: ana
            approvedOn: "2026-01-20"
            evaluation:
              measure: chrF
              heldOut: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
              examples: 40
              baseline: 0.3129
              score: 0.42
"""
SETTINGS = """
  evidence:
    ttl_required: false
    rules:
      readiness-is-recorded: { parameters: { readiness_required: true } }
      baseline-is-measured: { parameters: { baseline_required: true } }
"""


@pytest.fixture
def lane(alone: Sandbox, tmp_path: Path) -> Shell:
    """A project with one tuned deployment, in an environment that asks for its evidence."""
    root = project_of(tmp_path)
    (root / "stacks/Pulumi.evidence.yaml").write_text(STACK)
    with (root / "policies/settings.yaml").open("a") as settings:
        settings.write(SETTINGS)
    furnish(alone, root)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environ = {**plain, **alone.env}
    environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environ["PATH"]])
    return Shell(root, environ)


def test_the_pack_asks_for_evidence_and_new_evidence_replaces_nothing(
    lane: Shell, alone: Sandbox
) -> None:
    file = lane.root / "stacks/Pulumi.evidence.yaml"
    lane.type("pulumi", "stack", "select", "-c", "evidence")
    bare = lane.up("--skip-preview", fails=True)
    plain = file.read_text()
    file.write_text(plain.replace("capacity: 10\n", f"capacity: 10\n{READY}"))
    made = lane.up("--skip-preview")
    file.write_text(file.read_text().replace("score: 0.42", "score: 0.43"))
    changed = lane.up("--skip-preview")
    file.write_text(file.read_text().replace("score: 0.43", "score: 0.3"))
    worse = lane.up("--skip-preview", fails=True)
    path = LAB.replace("rg-lab", "rg-ftops-evidence").replace("oai-lab", "oai-evidence")
    with alone.arm() as arm:
        tags = arm.get(f"{path}/deployments/support").json()["tags"]

    assert "[mandatory]  readiness-is-recorded" in bare
    assert "[mandatory]  baseline-is-measured" in bare
    assert "[mandatory]" not in made
    assert "1 updated" in changed
    assert "replaced" not in changed
    assert "[mandatory]  evaluation-beats-the-base" in worse
    assert (tags["approved-by"], tags["eval-score"]) == ("ana", "0.43")
