"""`ftops doctor`: what this machine and shell have, lack, and point at."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.condition import (
    Condition,
    judge_catalog,
    judge_project,
    judge_python,
    judge_target,
)
from ftops.sign_in import recognise_ways
from ftops_catalog import read_catalog

ANSWER = (
    "conditions[].condition",
    "conditions[].state",
    "conditions[].found",
    "conditions[].hint",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@output_option
def command(output: str) -> None:
    """Tell what is missing on this machine, and where commands would go.

    Looks at Python, the Pulumi CLI and its plugin, the project, where its state lies and what
    encrypts its secrets, the shell's target, Azure's clock, both sign-ins (ftops' and Pulumi's),
    the resource providers and the accounts in sight. `warn` works and could be better; `missing`
    is to be mended first and UNVERIFIED is a question without an answer (exit code 1 for both).

    \b
    Examples:
      ftops doctor
      ftops doctor --output json
    """
    now = datetime.now(UTC)
    conditions = (*_conditions(), judge_catalog(read_catalog().collected, now.date()))
    problems = [one for one in conditions if one.state in {"missing", "UNVERIFIED"}]
    emit(_answer(conditions, now, exit_code=1 if problems else 0), output)


def _conditions() -> tuple[Condition, ...]:
    local = _local_conditions(Path())
    if any(one.name == "target" and one.state != "ok" for one in local):
        ways = ", ".join(recognise_ways(os.environ)) or "nothing"
        return (*local, Condition("sign-in", "UNVERIFIED", f"not tried; this shell shows {ways}"))
    from ftops.azure.condition import read_conditions
    from ftops.azure.session import open_session

    return (*local, *read_conditions(open_session()))


def _local_conditions(root: Path) -> tuple[Condition, ...]:
    """What can be told without asking anybody; read at the project's root or at `root`."""
    from ftops.backend import Reach, ask_backend, judge_backend, read_backend
    from ftops.pulumi_cli import judge_cli, judge_plugin, list_plugins, read_version
    from ftops.secrets_provider import read_secrets

    cli = shutil.which("pulumi")
    on_sandbox = bool(os.environ.get("FTOPS_SANDBOX"))
    backend = read_backend(os.environ, root)
    reach = Reach(None) if cli else None
    if cli and backend.scheme == "azblob":
        reach = ask_backend(cli, root, os.environ)
    plugin = shutil.which("pulumi-resource-azure-native")
    return (
        judge_python((sys.version_info.major, sys.version_info.minor)),
        judge_cli(cli, read_version(cli) if cli else None),
        judge_plugin(plugin, list_plugins(os.environ), _sdk_version(), on_sandbox=on_sandbox),
        judge_project(root),
        judge_backend(backend, os.environ, reach, on_sandbox=on_sandbox),
        *read_secrets(root, on_sandbox=on_sandbox),
        judge_target(os.environ),
    )


def _sdk_version() -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("pulumi-azure-native")
    except PackageNotFoundError:
        return None


def _answer(conditions: tuple[Condition, ...], now: datetime, *, exit_code: int) -> Answer:
    rows = [(one.name, one.state, one.found, one.hint) for one in conditions]
    columns = ("condition", "state", "found", "hint")
    body = {"conditions": [dict(zip(columns, row, strict=True)) for row in rows]}
    table = Table(columns[:3], [row[:3] for row in rows])
    notes = [f"{one.name}: {one.hint}" for one in conditions if one.hint]
    return Answer("doctor", now, body, [table], notes, exit_code)
