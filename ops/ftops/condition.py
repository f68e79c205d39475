"""Conditions: what a machine and a shell have, or lack, before any command is worth typing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from ftops.target import parse_target
from ftops_catalog.errors import FtopsError, NotReady

State = Literal["ok", "absent", "problem", "unknown"]
"""`absent` is a thing that ftops can do without; `unknown` is a question that got no answer."""

CATALOG_AGE_DAYS_MAX = 30
PYTHON_OLDEST = (3, 11)


@dataclass(frozen=True)
class Condition:
    """One thing looked at: its state, what was found, and what to type where it is not ok."""

    name: str
    state: State
    found: str
    hint: str = ""


def failed(name: str, error: FtopsError) -> Condition:
    """The condition that an error stands for; a refusal or silence leaves the thing unknown."""
    state: State = "problem" if isinstance(error, NotReady) else "unknown"
    return Condition(name, state, error.message, error.hint)


def judge_python(version: tuple[int, int]) -> Condition:
    found = ".".join(map(str, version))
    if version >= PYTHON_OLDEST:
        return Condition("python", "ok", found)
    return Condition("python", "problem", found, "use Python 3.11 or newer")


def judge_pulumi(program: str | None) -> Condition:
    """The Pulumi CLI is needed for Azure alone; the sandbox does without."""
    if program:
        return Condition("pulumi", "ok", program)
    return Condition(
        "pulumi",
        "absent",
        "not on PATH; `ftops up` still works against the sandbox, without a state file",
        "for Azure, install the Pulumi CLI: https://www.pulumi.com/docs/install/",
    )


def judge_target(environ: Mapping[str, str]) -> Condition:
    """Where commands of this shell would go."""
    try:
        target = parse_target(environ)
    except NotReady as error:
        return failed("target", error)
    where = f"the sandbox at {target.sandbox_url}" if target.is_sandbox else "Azure"
    return Condition("target", "ok", f"{where}, subscription {target.subscription_id}")


def judge_catalog(collected: date, today: date) -> Condition:
    """Regions, prices and dates move; a catalog older than a month says so."""
    age_days = (today - collected).days
    found = f"collected {collected.isoformat()}, {age_days} day{'' if age_days == 1 else 's'} ago"
    if age_days <= CATALOG_AGE_DAYS_MAX:
        return Condition("catalog", "ok", found)
    return Condition("catalog", "absent", found, "a newer release of ftops brings newer facts")


def judge_project(root: Path) -> Condition:
    """A project is a folder with Pulumi.yaml and stacks/; data commands work without one."""
    stacks = sorted(path.name.split(".")[1] for path in (root / "stacks").glob("Pulumi.*.yaml"))
    if (root / "Pulumi.yaml").is_file() and stacks:
        return Condition("project", "ok", f"environments {', '.join(stacks)}")
    return Condition(
        "project", "absent", "no Pulumi.yaml and stacks/ here", "cd into the project's folder"
    )


def local_conditions(
    environ: Mapping[str, str], program: str | None, root: Path
) -> tuple[Condition, ...]:
    """What can be told without asking anybody."""
    version = (sys.version_info.major, sys.version_info.minor)
    return (
        judge_python(version),
        judge_pulumi(program),
        judge_project(root),
        judge_target(environ),
    )
