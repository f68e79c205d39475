"""`ftops doctor`: what this machine and shell have, lack, and point at."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.condition import Condition, judge_catalog, local_conditions
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

    Looks at Python, the Pulumi CLI, the project, the shell's target, Azure's clock, the sign-in
    and the accounts in sight. `absent` is a thing ftops can do without, `unknown` a question that
    got no answer, `problem` what to mend first (exit code 1).

    \b
    Examples:
      ftops doctor
      ftops doctor --output json
    """
    now = datetime.now(UTC)
    conditions = (*_conditions(), judge_catalog(read_catalog().collected, now.date()))
    problems = [one for one in conditions if one.state in {"problem", "unknown"}]
    emit(_answer(conditions, now, exit_code=1 if problems else 0), output)


def _conditions() -> tuple[Condition, ...]:
    local = local_conditions(os.environ, shutil.which("pulumi"), Path())
    if any(one.name == "target" and one.state != "ok" for one in local):
        return local
    from ftops.azure.condition import read_conditions
    from ftops.azure.session import open_session

    return (*local, *read_conditions(open_session()))


def _answer(conditions: tuple[Condition, ...], now: datetime, *, exit_code: int) -> Answer:
    rows = [(one.name, one.state, one.found, one.hint) for one in conditions]
    columns = ("condition", "state", "found", "hint")
    body = {"conditions": [dict(zip(columns, row, strict=True)) for row in rows]}
    table = Table(columns[:3], [row[:3] for row in rows])
    notes = [f"{one.name}: {one.hint}" for one in conditions if one.hint]
    return Answer("doctor", now, body, [table], notes, exit_code)
