"""What exists and says that Pulumi manages it, looked for in the project's stack files."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ftops.audit import Existing, audit
from ftops.engine.declaring import mark_declared
from ftops_policies import EnvironmentSettings, Resource, Settings
from ftops_policies.resource import ACCOUNT, DEPLOYMENT

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 21, tzinfo=UTC)
MODEL = "gpt-4.1-mini-2025-04-14.ft-11111111111111111111111111111111"
RULE = "tuned-deployment-is-declared-or-owned"
STACK = f"""\
config:
  ftops:location: swedencentral
  ftops:accounts:
    - name: oai-lane
      deployments:
        - {{name: kept, model: {MODEL}, sku: Standard, capacity: 1}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/Pulumi.lane.yaml").write_text(STACK, encoding="utf-8")
    return tmp_path


def _existing(*names: str, by: str = "pulumi", model: str = MODEL) -> Existing:
    """Deployments as `account/name`, each said to be managed by somebody."""
    accounts = {
        name: Resource(ACCOUNT, name, {}, id=name, exists=True)
        for name in dict.fromkeys(each.split("/")[0] for each in names)
    }
    body = {"tags": {"managed-by": by}, "properties": {"model": {"name": model}}}
    inner = [
        Resource(
            DEPLOYMENT,
            each.split("/")[1],
            body,
            id=each,
            parent=accounts[each.split("/")[0]],
            exists=True,
        )
        for each in names
    ]
    return Existing((*accounts.values(), *inner), frozenset({ACCOUNT, DEPLOYMENT}))


def _states(existing: Existing) -> dict[str, str]:
    found = audit(existing, Settings(EnvironmentSettings("defaults"), {}), NOW).findings
    return {each.resource: each.state for _, each in found if each.rule == RULE}


def test_what_is_declared_holds_what_is_not_is_found_and_elsewhere_nobody_knows(
    project: Path,
) -> None:
    existing = _existing("OAI-lane/Kept", "oai-lane/lost", "oai-theirs/kept")

    assert _states(mark_declared(existing, project)) == {
        "oai-lane/lost": "broken",
        "oai-theirs/kept": "unknown",
    }


def test_a_stack_file_that_cannot_be_read_leaves_it_unknown(project: Path) -> None:
    (project / "stacks/Pulumi.other.yaml").write_text("config: {ftops:location: nowhere}")

    assert _states(mark_declared(_existing("oai-lane/lost"), project)) == {
        "oai-lane/lost": "unknown"
    }


@pytest.mark.parametrize(
    "existing",
    [_existing("oai-lane/base", model="gpt-4.1-mini"), _existing("oai-lane/tried", by="ftops")],
    ids=["a base model", "an experiment"],
)
def test_no_program_is_run_where_there_is_nothing_to_tell(
    existing: Existing, tmp_path: Path
) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/Pulumi.lane.yaml").write_text("no stack file")

    assert mark_declared(existing, tmp_path) is existing
    assert not (tmp_path / ".ftops").exists()
