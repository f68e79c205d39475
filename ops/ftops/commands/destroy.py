"""`ftops destroy`: an environment, taken down."""

from __future__ import annotations

from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.target import Kind

COLUMNS = ("action", "name", "type")

ANSWER = (
    "environment",
    "target",
    "resources[].type",
    "resources[].name",
    "resources[].id",
    "resources[].action",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command
@click.argument("env", metavar="ENV")
@click.option(
    "--target", type=click.Choice(["sandbox", "azure"]), help="Assert what this shell points at."
)
@click.option(
    "--purge",
    is_flag=True,
    help="Purge the accounts too: Azure keeps a deleted one, and its name, for 48 hours.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_option
def command(env: str, target: Kind | None, purge: bool, yes: bool, output: str) -> None:
    """Take the environment ENV down.

    With the Pulumi CLI on PATH this is `pulumi destroy`: everything that the stack's state knows,
    after it was shown. What is protected blocks it before anything is deleted, what is retained is
    forgotten and stays. Without the CLI there is no state: on the sandbox what the program
    declares is deleted, never on Azure, and what holds something undeclared is left.
    Nothing there is done, so it can be repeated.

    \b
    Examples:
      ftops destroy dev --target sandbox --yes
      ftops destroy dev --purge
    """
    from ftops.azure.session import open_session
    from ftops.engine.approval import approval
    from ftops.engine.destroy import take_down
    from ftops.environment import read_environment
    from ftops.progress import open_progress
    from ftops.stack_file import find_root

    root = find_root(Path.cwd())
    read_environment(env, root)
    session = open_session(target)
    with open_progress() as progress:
        approve = approval(progress, f"ftops destroy {env} --yes", yes=yes)
        steps = take_down(env, root, session, approve, progress, purge=purge)
    rows = [(step.action, step.label, step.type) for step in steps]
    body = {
        "environment": env,
        "target": session.target.kind,
        "resources": [vars(step) for step in steps],
    }
    table = Table(COLUMNS, rows, f"{env} is down", f"{env}: nothing is there")
    emit(Answer("destroy", session.now, body, [table]), output)
