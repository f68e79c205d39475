"""Conditions: what a machine and a shell have, or lack, before any command is worth typing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from ftops.target import parse_target
from ftops_catalog.errors import FtopsError, NotReady

State = Literal["ok", "warn", "missing", "UNVERIFIED"]
"""`warn` works and could be better, or is not needed for all; `missing` is to be mended first;
`UNVERIFIED` is a question that got no answer, which is never ok."""

CATALOG_AGE_DAYS_MAX = 30
PYTHON_OLDEST = (3, 11)
PYTHON_NEWEST = (3, 13)
"""The newest that the tests run on."""


@dataclass(frozen=True)
class Condition:
    """One thing looked at: its state, what was found, and what to type where it is not ok."""

    name: str
    state: State
    found: str
    hint: str = ""


def failed(name: str, error: FtopsError) -> Condition:
    """The condition that an error stands for; a refusal or silence leaves the thing unknown."""
    state: State = "missing" if isinstance(error, NotReady) else "UNVERIFIED"
    return Condition(name, state, error.message, error.hint)


def judge_python(version: tuple[int, int]) -> Condition:
    """3.11 to 3.13 are tried by the tests; what comes later may work."""
    found = ".".join(map(str, version))
    if version < PYTHON_OLDEST:
        return Condition("python", "missing", found, "use Python 3.11 to 3.13")
    if version > PYTHON_NEWEST:
        return Condition("python", "warn", f"{found}, never tried", "use Python 3.11 to 3.13")
    return Condition("python", "ok", found)


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
    return Condition("catalog", "warn", found, "a newer release of ftops brings newer facts")


def judge_project(root: Path) -> Condition:
    """A project is a folder with Pulumi.yaml and stacks/; data commands work without one."""
    stacks = sorted(path.name.split(".")[1] for path in (root / "stacks").glob("Pulumi.*.yaml"))
    if (root / "Pulumi.yaml").is_file() and stacks:
        return Condition("project", "ok", f"environments {', '.join(stacks)}")
    return Condition(
        "project",
        "warn",
        "no Pulumi.yaml and stacks/ here",
        "cd into the project's folder, or write one: ftops init DIR",
    )
