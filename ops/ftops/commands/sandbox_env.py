"""`ftops sandbox env`: what points every client of a shell at the local Azure."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from ftops.option import state_option


@click.command()
@state_option
@click.option("--endpoints", is_flag=True, help="Explicit addresses instead of the proxy.")
@click.option(
    "--output",
    type=click.Choice(["shell", "json"]),
    default="shell",
    show_default=True,
    help="Lines for eval, or one object of names and values.",
)
def command(state: Path, endpoints: bool, output: str) -> None:
    """Print what points every client of this shell at the local Azure.

    After `eval`, ftops, the Azure SDKs, the openai SDK, the Azure CLI, Cloud Custodian and Pulumi
    reach it under Azure's own names, and can reach no other host by mistake.

    \b
    Examples:
      eval "$(ftops sandbox env)"
      ftops sandbox env --output json
      ftops sandbox env --endpoints
    """
    from ftops import sandbox

    running = sandbox.require_running(state)
    sandbox.prepare(Path(running.state))
    path = os.environ.get("PATH", "")
    values = sandbox.endpoints(running) if endpoints else sandbox.variables(running, path)
    click.echo(json.dumps(values, indent=2) if output == "json" else sandbox.exports(values))
