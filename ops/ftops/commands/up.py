"""`ftops up`: an environment, brought up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.target import Kind

if TYPE_CHECKING:
    from ftops.azure.session import Session
    from ftops.engine.step import Raised

COLUMNS = ("action", "name", "type")

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
@click.option(
    "--plan",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Do exactly what ftops preview --save-plan wrote to this file, or refuse.",
)
@click.option(
    "--restore-deleted",
    "deleted",
    flag_value="restore",
    help="Bring back soft-deleted accounts whose names are declared.",
)
@click.option(
    "--purge-deleted",
    "deleted",
    flag_value="purge",
    help="Delete them for good instead, and make new ones.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_option
def command(
    env: str,
    target: Kind | None,
    plan: Path | None,
    deleted: Literal["restore", "purge"] | None,
    yes: bool,
    output: str,
) -> None:
    """Bring the environment ENV up: what stacks/Pulumi.ENV.yaml declares.

    Asks first what `ftops plan` asks, and stops where a line is blocked.
    With the Pulumi CLI on PATH this is `pulumi up` with the policy pack on, after a preview.
    Without it the same program's resources are sent to the sandbox (never to Azure): a second run
    finds nothing to do, what is no longer declared is named, and nothing is deleted.

    \b
    Examples:
      ftops up dev --target sandbox --yes
      ftops up staging
      ftops up prod --plan prod.plan.json
    """
    from ftops.azure.preflight import NAMES, require_preflight
    from ftops.azure.session import open_session
    from ftops.engine.approval import approval
    from ftops.engine.step import Asked
    from ftops.engine.up import bring_up, require_way
    from ftops.environment import read_environment
    from ftops.progress import open_progress
    from ftops.stack_file import find_root

    root = find_root(Path.cwd())
    environment = read_environment(env, root)
    session = open_session(target)
    # What can refuse without touching anything speaks here, before anything is started.
    require_way(session.target, asked := Asked(plan, deleted))
    require_preflight(session, environment, _tell, NAMES if deleted else ())
    with open_progress() as progress:
        approve = approval(progress, f"ftops up {env} --yes", yes=yes)
        raised = bring_up(env, root, session, asked, approve, progress)
    emit(_answer(env, session, raised), output)


def _answer(env: str, session: Session, raised: Raised) -> Answer:
    rows = [(step.action, step.label, step.type) for step in raised.steps]
    body = {
        "environment": env,
        "target": session.target.kind,
        "resources": [vars(step) for step in raised.steps],
        "outputs": raised.outputs,
    }
    return Answer("up", session.now, body, [Table(COLUMNS, rows, f"{env} is up")])


def _tell(line: str) -> None:
    click.echo(line, err=True)
