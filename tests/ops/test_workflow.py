"""What a project's workflows run by the clock, read from files as people write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.workflow import FOLDER, project_resource
from ftops_policies import EnvironmentSettings, RuleSetting, judge, read_rules
from ftops_policies.example import NOW

RULES = [rule for rule in read_rules() if rule.id == "sweeper-is-scheduled"]
ASKED = EnvironmentSettings(
    "dev", rules={RULES[0].id: RuleSetting(parameters={"sweeper_required": True})}
)
SWEEP = """\
on:
  schedule: [{cron: "17 3 * * *"}]
jobs:
  dev:
    steps:
      - uses: actions/checkout@v4
      - run: |
          pip install ftops
          ftops teardown --idle \\
            --environment dev --yes  # each night
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a folder of its repository."""
    (tmp_path / ".git").mkdir()
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / "infra").mkdir()
    return tmp_path / "infra"


def _put(project: Path, text: str, name: str = "sweep.yml") -> None:
    (project.parent / FOLDER / name).write_text(text, encoding="utf-8")


def _workflows(project: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project_resource(project, "dev").at("workflows")
    return found


def _states(project: Path) -> list[str]:
    """The states of what the rule finds; a crash would be one more."""
    found = judge([project_resource(project, "dev")], ASKED, NOW, rules=RULES)
    return [each.state for each in found]


def test_a_sweep_is_found_at_the_repository_s_top_over_folded_lines(project: Path) -> None:
    _put(project, SWEEP)

    assert _workflows(project) == [
        {
            "file": ".github/workflows/sweep.yml",
            "commands": ["ftops teardown --idle --environment dev --yes"],
            "calls": False,
        }
    ]
    assert _states(project) == []


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("schedule: [{cron", "push: [{cron", "broken"),
        ("          ftops teardown", "          # ftops teardown", "broken"),
        ("--environment dev", "--environment staging", "broken"),
        (" --yes", "", "broken"),
        ("--environment dev", "--environment ${{ matrix.environment }}", "unknown"),
        ("  dev:\n", "  other: {uses: ./.github/workflows/x.yml}\n  dev:\n", None),
    ],
)
def test_what_does_not_sweep_this_environment_by_the_clock_does_not_count(
    old: str, new: str, state: str | None, project: Path
) -> None:
    assert old in SWEEP
    _put(project, SWEEP.replace(old, new))

    assert _states(project) == ([state] if state else [])


def test_a_workflow_that_calls_others_may_sweep(project: Path) -> None:
    _put(project, "on: {schedule: [{cron: '1 1 * * *'}]}\njobs: {a: {uses: ./x.yml}}")

    assert _states(project) == ["unknown"]


def test_a_file_that_is_no_yaml_is_unknown_and_no_other_file_is_read(project: Path) -> None:
    _put(project, "a: [", "broken.yaml")
    _put(project, SWEEP, "sweep.txt")

    assert _states(project) == ["unknown"]
    assert [each["file"] for each in _workflows(project)] == [".github/workflows/broken.yaml"]


def test_a_project_without_workflows_or_a_repository_has_none(tmp_path: Path) -> None:
    assert _workflows(tmp_path) == []
    assert _states(tmp_path) == ["broken"]


odd = st.recursive(
    st.sampled_from([None, "", "ftops teardown --idle '", 7, True]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["on", "schedule", "jobs", "steps", "run", "uses", "a"]), inner
        )
    ),
    max_leaves=8,
)


@given(odd)
def test_no_workflow_is_too_odd(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    import yaml

    project = tmp_path_factory.mktemp("odd")
    (project / FOLDER).mkdir(parents=True)
    (project / FOLDER / "odd.yml").write_text(yaml.safe_dump({"on": value, "jobs": value}))

    assert _states(project) in (["broken"], ["unknown"], [])
