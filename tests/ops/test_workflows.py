"""The workflows of a new project: what GitHub would take, and who may do what in them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from ftops import __version__
from ftops.template import Answers, render
from ftops.workflow import project_resource
from ftops_policies import judge, read_rules, read_settings

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
FOLDER = ".github/workflows/"
SHELLCHECK = Path(sys.executable).with_name("shellcheck")


@pytest.fixture(params=[("dev", "staging", "prod"), ("dev",), ("staging", "prod")])
def workflows(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The workflows by their names, read with GitHub's idea that `on` is a word."""
    files = render(Answers("tuning", "ana", environments=request.param), __version__)
    found = {
        name.removeprefix(FOLDER): yaml.load(text, yaml.BaseLoader)  # noqa: S506 - texts alone
        for name, text in files.items()
        if name.startswith(FOLDER)
    }
    return {**found, "environments": request.param}


def test_up_goes_from_environment_to_environment(workflows: dict[str, Any]) -> None:
    jobs, environments = workflows["up.yml"]["jobs"], workflows["environments"]

    assert tuple(jobs) == environments
    assert [job.get("needs") for job in jobs.values()] == [None, *environments[:-1]]
    assert all(job["with"]["environment"] == name for name, job in jobs.items())
    assert workflows["up.yml"]["on"]["push"] == {"branches": ["main"]}


def test_up_waits_for_its_environment_and_is_alone_in_it(workflows: dict[str, Any]) -> None:
    job = workflows["up-environment.yml"]["jobs"]["up"]

    assert job["environment"] == "${{ inputs.environment }}"
    assert job["concurrency"]["cancel-in-progress"] == "false"


def test_a_preview_signs_in_as_another_and_not_for_a_fork(workflows: dict[str, Any]) -> None:
    caller = workflows["preview.yml"]["jobs"]["preview"]
    job = workflows["preview-environment.yml"]["jobs"]["preview"]

    assert caller["strategy"]["matrix"]["environment"] == list(workflows["environments"])
    assert caller["with"] == {"environment": "${{ matrix.environment }}"}
    assert job["environment"] == "${{ inputs.environment }}-preview"
    assert "head.repo.full_name == github.repository" in job["if"]
    assert list(workflows["preview.yml"]["on"]) == ["pull_request"], "never pull_request_target"


def test_what_runs_for_a_fork_signs_in_nowhere(workflows: dict[str, Any]) -> None:
    job = workflows["judge.yml"]["jobs"]["judge"]

    assert workflows["preview.yml"]["jobs"]["rules"]["permissions"] == job["permissions"]
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert "environment" not in job
    assert "azure" not in str(job["steps"])


def test_whoever_calls_gives_what_the_called_job_asks_for(workflows: dict[str, Any]) -> None:
    for name in ("preview.yml", "up.yml"):
        for job in workflows[name]["jobs"].values():
            [called] = workflows[Path(job["uses"]).name]["jobs"].values()
            assert called["permissions"] == job["permissions"], name


def test_a_sign_in_is_by_oidc_alone(workflows: dict[str, Any]) -> None:
    for name in ("preview-environment.yml", "up-environment.yml"):
        [job] = workflows[name]["jobs"].values()
        [login] = [step for step in job["steps"] if step.get("uses", "").startswith("azure/login@")]
        assert set(login["with"]) == {"client-id", "tenant-id", "subscription-id"}
        assert job["env"]["ARM_USE_OIDC"] == "true"
        assert not [key for key in job["env"] if "SECRET" in key or "PASSPHRASE" in key]


def test_what_is_idle_is_swept_each_night_in_every_environment_but_prod(
    workflows: dict[str, Any], tmp_path: Path
) -> None:
    environments = [name for name in workflows["environments"] if name != "prod"]
    sweep = workflows["sweep.yml"]

    assert list(sweep["jobs"]) == environments
    assert len(sweep["on"]["schedule"]) == 1
    for name, job in sweep["jobs"].items():
        [login] = [step for step in job["steps"] if step.get("uses", "").startswith("azure/login@")]
        assert set(login["with"]) == {"client-id", "tenant-id", "subscription-id"}
        assert job["environment"] == f"{name}-sweep"
        assert job["permissions"] == {"contents": "read", "id-token": "write"}

    answers = Answers("tuning", "ana", environments=workflows["environments"])
    for name, text in render(answers, __version__).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text)
    settings = read_settings(tmp_path / "policies/settings.yaml")
    rules = [rule for rule in read_rules() if rule.id == "sweeper-is-scheduled"]
    for name in workflows["environments"]:
        here = settings.environment(name)
        required = bool(here.parameters(rules[0])["sweeper_required"])
        project = project_resource(tmp_path, name)
        assert required == (name != "prod")
        assert judge([project], here, NOW, rules=rules) == []


def test_a_project_of_prod_alone_is_not_swept() -> None:
    files = render(Answers("tuning", "ana", environments=("prod",)), __version__)

    assert f"{FOLDER}sweep.yml" not in files


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="actionlint is not on PATH")
@pytest.mark.parametrize("environments", [None, ("dev", "staging", "prod"), ("dev",)])
def test_actionlint_has_nothing_to_say(
    tmp_path: Path, environments: tuple[str, ...] | None
) -> None:
    """Of this repository's workflows, and of a new project's, which call one another."""
    for folder in (FOLDER, ".git"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "action.yml", tmp_path)
    texts = {f"{FOLDER}{each.name}": each.read_bytes() for each in (ROOT / FOLDER).glob("*.yml")}
    if environments:
        texts = render(Answers("tuning", "ana", environments=environments), __version__)
    for name, text in texts.items():
        if name.startswith(FOLDER):
            (tmp_path / name).write_bytes(text)
    words = ["actionlint", "-no-color", "-shellcheck", str(SHELLCHECK)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_this_repository_is_tested_and_installed_on_each_python_it_claims() -> None:
    text = (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]

    for name in ("check", "install"):
        assert jobs[name]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
