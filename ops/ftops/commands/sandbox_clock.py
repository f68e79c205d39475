"""`ftops sandbox clock`: shows or moves the local Azure's clock."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import state_option

ANSWER = ("speed",)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@state_option
@click.option("--advance", help="Jump forward: 90m, 48h, 15d.")
@click.option("--set", "instant", help="Jump forward to an instant: 2026-12-01T00:00:00Z.")
@click.option("--speed", type=float, help="Seconds of its clock per second; 0 stops it.")
@output_option
def command(
    state: Path, advance: str | None, instant: str | None, speed: float | None, output: str
) -> None:
    """Show or move the local Azure's clock.

    It goes forward only: what happened in the sandbox stays in its past.

    \b
    Examples:
      ftops sandbox clock
      ftops sandbox clock --advance 48h
      ftops sandbox clock --set 2026-12-01T00:00:00Z
      ftops sandbox clock --speed 120
    """
    from ftops.azure.sandbox import ask
    from ftops.instant import parse_instant, parse_span
    from ftops.sandbox import require_running
    from ftops_catalog.errors import BadUsage

    change: dict[str, float | str] = {}
    if advance is not None:
        change["advance_seconds"] = parse_span(advance, "--advance").total_seconds()
    if speed is not None:
        change["speed"] = speed
    if instant is not None:
        if parse_instant(instant) is None:
            raise BadUsage(f"--set {instant!r} is no instant", "--set 2026-12-01T00:00:00Z")
        change["set"] = instant
    running = require_running(state)
    found = ask(running, "POST", "clock", change) if change else ask(running, "GET", "status")
    now = datetime.fromisoformat(found["now"])
    table = Table(("clock", "speed"), [(now, found["speed"])])
    emit(Answer("sandbox clock", now, {"speed": found["speed"]}, [table]), output)
