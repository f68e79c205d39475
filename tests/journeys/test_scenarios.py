"""Each scenario of stacks/scenarios: declared without a cloud, judged, brought up, settled."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner

from ftops.cli import main
from ftops.engine.listing import list_resources
from ftops.environment import read_environment
from ftops_policies import judge, read_settings

if TYPE_CHECKING:
    from tests.conftest import Sandbox

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "stacks/scenarios"
NAMES = sorted(path.name.split(".")[1] for path in SCENARIOS.glob("Pulumi.*.yaml"))
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
LAB = f"{GROUPS}/rg-lab/providers/Microsoft.CognitiveServices/accounts/oai-lab"
HUB = f"{GROUPS}/rg-hub/providers/Microsoft.Network"
TODAY = datetime(2026, 11, 21, tzinfo=UTC)
# What stands in the stack files for a model and a checkpoint that a job is yet to make.
A_MODEL = "gpt-4.1-mini-2025-04-14.ft-11111111111111111111111111111111"
A_CHECKPOINT = "ftchkpt-22222222222222222222222222222222"
SPEED = 20.0


def project_of(root: Path) -> Path:
    """A project whose stacks are the scenarios."""
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, root)
    (root / "stacks").mkdir()
    for file in SCENARIOS.glob("Pulumi.*.yaml"):
        shutil.copy(file, root / "stacks")
    (root / "policies").mkdir()
    for file in (ROOT / "policies").glob("*.*"):
        shutil.copy(file, root / "policies")
    shutil.copy(SCENARIOS / "settings.yaml", root / "policies")
    return root


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_of(tmp_path_factory.mktemp("scenarios"))


@dataclass(frozen=True)
class World:
    """A sandbox where others have been before: a lab with a tuned model, a hub with a network."""

    sandbox: Sandbox
    root: Path

    def up(self, name: str) -> dict[str, Any]:
        done = CliRunner().invoke(main, ["up", name, "--yes", "--output", "json"])
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def world(alone: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """In a shell that points at the sandbox, on a machine without the Pulumi CLI."""
    root = project_of(tmp_path_factory.mktemp("world"))
    furnish(alone, root)
    alone.ask("POST", "clock", {"speed": SPEED})
    folders = alone.env["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if not (Path(folder) / "pulumi").exists()]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**alone.env, "PATH": os.pathsep.join(kept)}.items():
            patch.setenv(name, value)
        patch.chdir(root)
        yield World(alone, root)


def furnish(sandbox: Sandbox, root: Path) -> None:
    """The lab and the hub; the stack files then name the model that the lab has."""
    models = [{"name": "support", "model": "gpt-4.1-mini", "created": "9d"}]
    lab = {"name": "oai-lab", "group": "rg-lab", "created": "10d", "tuned_models": models}
    sandbox.ask("POST", "world", {"accounts": [lab]})
    with sandbox.arm("2024-05-01") as arm:
        space = {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}
        vnet = {"location": "swedencentral", "properties": space}
        subnet = {"properties": {"addressPrefix": "10.9.1.0/24"}}
        zone = f"{HUB}/privateDnsZones/privatelink.openai.azure.com"
        for path, body in (
            (f"{GROUPS}/rg-hub", {"location": "swedencentral"}),
            (f"{HUB}/virtualNetworks/vnet-hub", vnet),
            (f"{HUB}/virtualNetworks/vnet-hub/subnets/endpoints", subnet),
            (zone, {"location": "global"}),
        ):
            arm.put(path, json=body).raise_for_status()
            sandbox.advance(seconds=2)
    model, checkpoint = _tuned(sandbox)
    for file in (root / "stacks").glob("Pulumi.*.yaml"):
        text = file.read_text().replace(A_MODEL, model).replace(A_CHECKPOINT, checkpoint)
        file.write_text(text)


def _tuned(sandbox: Sandbox) -> tuple[str, str]:
    """The lab's model, and a checkpoint of the job that made it."""
    with sandbox.arm() as arm:
        key = arm.post(f"{LAB}/listKeys").json()["key1"]
    jobs = f"{sandbox.http}/_acct/oai-lab/openai/v1/fine_tuning/jobs"
    with httpx.Client(headers={"api-key": key}, trust_env=False) as client:
        job = client.get(jobs).json()["data"][0]
        points = client.get(f"{jobs}/{job['id']}/checkpoints").json()["data"]
    return str(job["fine_tuned_model"]), str(points[-1]["id"])


def test_there_are_at_least_twelve_scenarios_and_each_is_explained() -> None:
    page = (ROOT / "docs/environments.md").read_text(encoding="utf-8")

    assert len(NAMES) >= 12
    assert [name for name in NAMES if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_is_declared_to_the_line_and_passes_the_rules(name: str, project: Path) -> None:
    resources = list_resources(name, project, SUBSCRIPTION)
    settings = read_settings(project / "policies/settings.yaml")
    findings = judge(resources, settings.environment(name), TODAY)

    assert [each for each in findings if each.blocks] == []
    lines = (project / f"stacks/Pulumi.{name}.yaml").read_text().splitlines()
    assert all(each.line and lines[each.line - 1].strip() for each in resources)
    declared = read_environment(name, project)
    made = sum(each.is_a("Microsoft.CognitiveServices/accounts") for each in resources)
    assert made == len(declared.accounts)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_comes_up_and_a_second_run_finds_nothing_to_do(name: str, world: World) -> None:
    first = world.up(name)
    expected = {each.id.casefold() for each in list_resources(name, world.root, SUBSCRIPTION)}

    assert {each["action"] for each in first["resources"]} == {"created"}
    assert {each["id"].casefold() for each in first["resources"]} == expected
    assert {each["action"] for each in world.up(name)["resources"]} == {"unchanged"}


def test_every_section_of_the_settings_is_of_a_scenario() -> None:
    settings = read_settings(SCENARIOS / "settings.yaml")

    assert set(settings.environments) <= set(NAMES)
