"""`ftops sandbox stop`: ends the local Azure; its state stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import state_option

ANSWER = (
    "stopped",
    "state",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@state_option
@output_option
def command(state: Path, output: str) -> None:
    """Stop the local Azure; its state stays.

    The next start finds everything as it was, and its clock has gone on meanwhile.

    \b
    Examples:
      ftops sandbox stop
      ftops sandbox stop --state .ftops/other
    """
    from ftops.azure.sandbox import ask
    from ftops.sandbox import require_running, wait_until_gone
    from ftops_catalog.errors import NotReady

    running = require_running(state)
    ask(running, "POST", "stop")
    if not wait_until_gone(state):
        raise NotReady(f"the sandbox {running.pid} has not ended yet", f"kill {running.pid}")
    body = {"stopped": running.pid, "state": running.state}
    table = Table(("stopped", "state"), [(running.pid, running.state)])
    emit(Answer("sandbox stop", datetime.now(UTC), body, [table]), output)
