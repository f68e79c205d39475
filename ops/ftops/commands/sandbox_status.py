"""`ftops sandbox status`: whether the local Azure runs, where, and how much is in it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import state_option

ANSWER = (
    "pid",
    "http",
    "https",
    "proxy",
    "ca",
    "state",
    "speed",
    "subscription_id",
    "tenant_id",
    "faults",
    "accounts",
    "deployments",
    "jobs",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@state_option
@output_option
def command(state: Path, output: str) -> None:
    """Tell whether the local Azure runs, and where.

    \b
    Examples:
      ftops sandbox status
      ftops sandbox status --output json
    """
    from ftops.azure.sandbox import ask
    from ftops.sandbox import require_running

    running = require_running(state)
    found = ask(running, "GET", "status")
    now = datetime.fromisoformat(found.pop("now"))
    body = {**asdict(running), **found}
    rows = [("clock", now), *((name, value) for name, value in body.items())]
    emit(Answer("sandbox status", now, body, [Table(("sandbox", "is"), rows)]), output)
