"""`ftops sandbox reset`: empties the local Azure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import state_option

ANSWER = (
    "state",
    "clock",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@state_option
@click.option("--yes", is_flag=True, help="Empty it without asking.")
@output_option
def command(state: Path, yes: bool, output: str) -> None:
    """Empty the local Azure.

    One that runs loses its world and keeps its clock, which goes forward only. One that does not
    run loses both, and may be started in the past again.

    \b
    Examples:
      ftops sandbox reset --yes
      ftops sandbox reset --state .ftops/other --yes
    """
    from ftops.azure.sandbox import ask
    from ftops.sandbox import forget, read_running

    if not yes:
        click.confirm(f"Forget everything in the sandbox on {state}?", abort=True, err=True)
    running, now = read_running(state), datetime.now(UTC)
    if running:
        now = datetime.fromisoformat(ask(running, "POST", "reset")["now"])
    else:
        forget(state)
    body = {"state": str(state), "clock": "kept" if running else "forgotten"}
    table = Table(("state", "clock"), [(body["state"], body["clock"])])
    emit(Answer("sandbox reset", now, body, [table]), output)
