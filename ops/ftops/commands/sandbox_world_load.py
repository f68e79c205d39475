"""`ftops sandbox world load`: fills the local Azure from a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import state_option

ANSWER = (
    "created",
    "accounts",
    "tuned_models",
    "deployments",
    "calls",
    "expired",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@state_option
@output_option
def command(file: Path, state: Path, output: str) -> None:
    """Fill the local Azure from a file.

    FILE is YAML or JSON, - is standard input: accounts with their tuned models, deployments, tags
    and traffic, or how many of them to make. All of it is checked as a client's writes are, and
    comes to be, or nothing does; `expired` of the deployments Azure would have deleted by now.
    docs/sandbox.md has every key.

    \b
    Examples:
      ftops sandbox world load world.yaml
      echo 'generate: {accounts: 1000, deployments: 5}' | ftops sandbox world load -
    """
    from ftops.azure.sandbox import ask
    from ftops.order import read_world
    from ftops.sandbox import require_running

    body = read_world(file)
    found = ask(require_running(state), "POST", "world", body)
    now = datetime.fromisoformat(found.pop("now"))
    rows = [(name.replace("_", " "), found[name]) for name in found if name != "created"]
    emit(Answer("sandbox world load", now, found, [Table(("what", "made"), rows)]), output)
