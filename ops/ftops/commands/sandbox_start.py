"""`ftops sandbox start`: the local Azure, in the foreground or left running."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ftops.option import state_option


@click.command()
@state_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="The port of plain http; 0 picks one. TLS and the proxy always pick theirs.",
)
@click.option("--at", default="", help="Start its clock in the past: -30d, or an ISO time.")
@click.option("--speed", type=float, help="Seconds of its clock per second; 1 if never said.")
@click.option("--strict", is_flag=True, help="Refuse api-versions that a type does not list.")
@click.option("--throttle", is_flag=True, help="Hold callers to Resource Manager's limits.")
@click.option("--listen", help="Another IPv4 address than loopback; needs --expose.")
@click.option("--expose", is_flag=True, help="Let others reach it: its credentials are published.")
@click.option("--detach", is_flag=True, help="Return once it answers, and leave it running.")
def command(state: Path, *, detach: bool, **given: Any) -> None:
    """Start the local Azure.

    Prints one JSON object when it answers: pid, http, https, proxy, ca, state. Where one runs on
    the folder already, says so and prints the same. It listens on loopback only: whoever reaches
    it may do anything there.

    \b
    Examples:
      ftops sandbox start --detach
      ftops sandbox start --port 8400 --state .ftops/other --at -30d --detach
    """
    from ftops.sandbox import read_running, start

    state = state.resolve()
    if running := read_running(state):
        click.echo(f"A sandbox already runs on {state}.", err=True)
        click.echo(running.line())
        return
    options = [word for name, value in given.items() for word in _words(name, value)]
    running, child = start(state, options, detach=detach)
    click.echo(running.line())
    if not detach:
        click.echo('Ctrl-C stops it. In another shell: eval "$(ftops sandbox env)"', err=True)
        child.wait()


def _words(name: str, value: object) -> list[str]:
    """An option as the server takes it; none for what was not said."""
    if value is None or value is False or value == "":
        return []
    return [f"--{name}"] if value is True else [f"--{name}", str(value)]
