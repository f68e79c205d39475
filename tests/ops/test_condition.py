"""Conditions: what a machine lacks is said with what to type, and unknown is not ok."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ftops.condition import (
    failed,
    judge_catalog,
    judge_project,
    judge_pulumi,
    judge_python,
    judge_target,
)
from ftops_catalog.errors import CloudRefused, NotReady


@pytest.mark.parametrize(("version", "state"), [((3, 10), "problem"), ((3, 11), "ok")])
def test_python_3_11_is_the_oldest(version: tuple[int, int], state: str) -> None:
    assert judge_python(version).state == state


def test_ftops_can_do_without_the_pulumi_cli() -> None:
    assert judge_pulumi(None).state == "absent"
    assert judge_pulumi("/opt/bin/pulumi").state == "ok"


def test_a_shell_that_points_nowhere_is_a_problem_with_a_hint() -> None:
    condition = judge_target({})

    assert condition.state == "problem"
    assert "ftops sandbox start" in condition.hint


@pytest.mark.parametrize(
    ("today", "state"), [(date(2026, 12, 20), "ok"), (date(2026, 12, 21), "absent")]
)
def test_a_catalog_older_than_a_month_says_so(today: date, state: str) -> None:
    assert judge_catalog(date(2026, 11, 20), today).state == state


def test_a_project_is_known_by_its_environments(tmp_path: Path) -> None:
    assert judge_project(tmp_path).state == "absent"
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/Pulumi.dev.yaml").touch()

    assert judge_project(tmp_path).found == "environments dev"


def test_a_refused_question_is_unknown_and_a_missing_thing_is_a_problem() -> None:
    assert failed("accounts", CloudRefused("no")).state == "unknown"
    assert failed("target", NotReady("no")).state == "problem"
