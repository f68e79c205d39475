"""The workflows of a new project: what GitHub would take, and who may do what in them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ftops import __version__
from ftops.template import Answers, render

ROOT = Path(__file__).parents[2]
FOLDER = ".github/workflows/"


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
    jobs = workflows["preview.yml"]["jobs"]

    assert jobs["preview"]["environment"] == "${{ matrix.environment }}-preview"
    assert "head.repo.full_name == github.repository" in jobs["preview"]["if"]
    assert jobs["preview"]["strategy"]["matrix"]["environment"] == list(workflows["environments"])
    assert "permissions" not in jobs["rules"], "what runs for a fork may only read"
    assert workflows["preview.yml"]["permissions"] == {"contents": "read"}
    assert list(workflows["preview.yml"]["on"]) == ["pull_request"], "never pull_request_target"


def test_no_workflow_holds_a_secret_or_puts_an_expression_into_a_shell(
    workflows: dict[str, Any],
) -> None:
    for name in ("preview.yml", "up.yml", "up-environment.yml"):
        assert "secrets." not in str(workflows[name]), name
        for job in workflows[name]["jobs"].values():
            for step in job.get("steps", ()):
                assert "${{" not in step.get("run", ""), f"{name}: {step}"


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="actionlint is not on PATH")
def test_actionlint_has_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    for name, text in render(Answers("tuning", "ana"), __version__).items():
        if name.startswith(FOLDER):
            (tmp_path / name).write_bytes(text)
    words = ["actionlint", *map(str, (tmp_path / FOLDER).iterdir())]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stdout == ""


def test_this_repository_is_tested_and_installed_on_each_python_it_claims() -> None:
    text = (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]

    for name in ("check", "install"):
        assert jobs[name]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
