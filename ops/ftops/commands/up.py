"""`ftops up`: an environment, brought up."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.target import Kind
from ftops_catalog.errors import BadUsage

if TYPE_CHECKING:
    from ftops.engine.step import Step

COLUMNS = ("action", "name", "type")
WOULD = {"created": "create", "updated": "update", "replaced": "replace", "deleted": "delete"}

ANSWER = (
    "environment",
    "target",
    "resources[].type",
    "resources[].name",
    "resources[].id",
    "resources[].action",
    "outputs.accounts.*.endpoint",
    "outputs.accounts.*.deployments[]",
    "outputs.accounts.*.id",
    "outputs.accounts.*.location",
    "outputs.resourceGroup",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command
@click.argument("env", metavar="ENV")
@click.option(
    "--target", type=click.Choice(["sandbox", "azure"]), help="Assert what this shell points at."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_option
def command(env: str, target: Kind | None, yes: bool, output: str) -> None:
    """Bring the environment ENV up: what stacks/Pulumi.ENV.yaml declares.

    With the Pulumi CLI on PATH this is `pulumi up` with the policy pack on, after a preview.
    Without it the same program's resources are sent to the sandbox (never to Azure): a second run
    finds nothing to do, what is no longer declared is named, and nothing is deleted.

    \b
    Examples:
      ftops up dev --target sandbox --yes
      ftops up staging
      ftops up dev --yes --output json
    """
    from ftops.azure.session import open_session
    from ftops.engine.up import bring_up
    from ftops.environment import read_environment
    from ftops.progress import open_progress
    from ftops.stack_file import find_root

    root = find_root(Path.cwd())
    # Every problem of the stack file at once, before anything is asked or started.
    read_environment(env, root)
    session = open_session(target)
    with open_progress() as progress:

        def approve(steps: Sequence[Step]) -> None:
            with progress.paused():
                _approve(env, steps, yes=yes)

        raised = bring_up(env, root, session, approve, progress)
    rows = [(step.action, step.label, step.type) for step in raised.steps]
    body = {
        "environment": env,
        "target": session.target.kind,
        "resources": [vars(step) for step in raised.steps],
        "outputs": raised.outputs,
    }
    emit(Answer("up", session.now, body, [Table(COLUMNS, rows, f"{env} is up")]), output)


def _approve(env: str, steps: Sequence[Step], *, yes: bool) -> None:
    """Shows what would happen and asks; without a person there to answer, --yes must say it."""
    changes = [step for step in steps if step.action in WOULD]
    if yes or not changes:
        return
    if not sys.stdin.isatty():
        raise BadUsage(f"{len(changes)} changes wait for a yes", f"ftops up {env} --yes")
    for step in steps:
        click.echo(f"  {WOULD.get(step.action, step.action):10} {step.label}", err=True)
    click.confirm("Go on?", abort=True, err=True)
