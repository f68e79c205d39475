"""`ftops policy check` as a person and a workflow run it: no cloud, no credentials, no CLI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ftops_policies import read_rules

ROOT = Path(__file__).parents[2]
TODAY = "2026-11-21T00:00:00Z"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's declared part, to be changed freely."""
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "stacks").mkdir()
    for stack in (ROOT / "stacks").glob("Pulumi.*.yaml"):
        shutil.copy(stack, tmp_path / "stacks")
    (tmp_path / "policies").mkdir()
    shutil.copy(ROOT / "policies/settings.yaml", tmp_path / "policies")
    return tmp_path


def _check(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    alone = {key: value for key, value in os.environ.items() if key in {"HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-m", "ftops", "policy", "check", *arguments],
        cwd=project,
        env={**alone, "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )


def _change(project: Path, environment: str, old: str, new: str) -> None:
    path = project / "stacks" / f"Pulumi.{environment}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_environments_have_no_findings(project: Path) -> None:
    done = _check(project, "--as-of", TODAY)

    assert done.returncode == 0, done.stderr
    assert f"{len(read_rules())} rules" in done.stdout
    assert "no findings" in done.stdout


def test_a_date_that_comes_closer_is_a_warning_and_no_failure(project: Path) -> None:
    done = _check(project, "dev", "--as-of", "2027-03-01T00:00:00Z", "--output", "json")
    answer = json.loads(done.stdout)

    assert done.returncode == 0
    assert answer["now"] == "2027-03-01T00:00:00Z"
    assert {each["severity"] for each in answer["findings"]} == {"warn"}


def test_what_blocks_names_the_line_of_the_stack_file_and_ends_with_one(project: Path) -> None:
    _change(project, "prod", "capacity: 200", "capacity: 2000")
    lines = (project / "stacks/Pulumi.prod.yaml").read_text(encoding="utf-8").splitlines()

    done = _check(project, "prod", "--as-of", TODAY, "--output", "json")
    answer = json.loads(done.stdout)

    assert done.returncode == 1
    assert answer["schema"] == "ftops/policy-check/v1"
    assert [each["rule"] for each in answer["findings"]] == ["capacity-is-bounded"]
    assert answer["findings"][0].keys() >= {"severity", "resource", "file", "line", "message"}
    assert answer["findings"][0]["file"] == "stacks/Pulumi.prod.yaml"
    assert "name: gpt-4.1-mini" in lines[answer["findings"][0]["line"] - 1]


def test_a_region_that_does_not_support_the_model_is_the_answer_no(project: Path) -> None:
    _change(project, "prod", "location: swedencentral", "location: westeurope")

    done = _check(project, "prod", "--as-of", TODAY)

    assert done.returncode == 1
    assert "region-supports-the-model" in done.stdout
    assert "findings" in done.stderr


def test_a_sheet_has_one_row_for_each_finding(project: Path) -> None:
    _change(project, "dev", "owner: ml-platform", "nobody: ml-platform")

    done = _check(project, "dev", "--as-of", TODAY, "--output", "csv")
    head, *rows = done.stdout.splitlines()

    assert head == "severity,state,rule,resource,file,line,message"
    assert rows
    assert all("tags-are-complete" in row for row in rows)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["prd"], 2, "Did you mean prod?"),
        (["dev", "--as-of", "soon"], 2, "--as-of 'soon' is no instant"),
        (["--nothing"], 2, "No such option"),
    ],
)
def test_bad_usage_is_a_sentence(
    project: Path, arguments: list[str], code: int, sentence: str
) -> None:
    done = _check(project, *arguments)

    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_section_of_settings_for_no_environment_is_noted(project: Path) -> None:
    path = project / "policies/settings.yaml"
    path.write_text(path.read_text().replace("\n  prod:", "\n  prdo:"), encoding="utf-8")

    done = _check(project, "dev", "--as-of", TODAY)

    assert done.returncode == 0
    assert "has a section for prdo, which has no stack file. Did you mean prod?" in done.stderr


def test_a_typo_in_the_settings_ends_with_four(project: Path) -> None:
    (project / "policies/settings.yaml").write_text("defaults: {capacity_mx: 1}\n")

    done = _check(project, "dev")

    assert done.returncode == 4
    assert "Did you mean capacity_max?" in done.stderr
