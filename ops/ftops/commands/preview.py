"""`ftops preview`: what an environment would be, as a table, as JSON, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.target import Kind
from ftops_catalog.errors import BadUsage

if TYPE_CHECKING:
    from ftops.engine.preview import Foresight

COLUMNS = ("action", "type", "name", "region", "model", "sku", "line")
FIELDS = ("action", "type", "name", "id", "region", "model", "sku", "capacity", "file", "line")
FENCED = ".md"

ANSWER = (
    "environment",
    "source",
    "target",
    "plan",
    "resources[].action",
    "resources[].type",
    "resources[].name",
    "resources[].id",
    "resources[].region",
    "resources[].model",
    "resources[].sku",
    "resources[].capacity",
    "resources[].file",
    "resources[].line",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command
@click.argument("env", metavar="ENV")
@click.option("--engine", is_flag=True, help="Ask the Pulumi CLI what it would do.")
@click.option(
    "--save-plan",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write Pulumi's update plan, for ftops up --plan; asks the CLI, too.",
)
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="Write a Mermaid picture; a .md file gets it fenced, - prints it in place of the table.",
)
@click.option(
    "--target", type=click.Choice(["sandbox", "azure"]), help="Assert what the CLI would ask."
)
@output_option
def command(
    env: str,
    engine: bool,
    save_plan: Path | None,
    picture: Path | None,
    target: Kind | None,
    output: str,
) -> None:
    """Show what the environment ENV would be, before anything is touched.

    Offline it needs no CLI, no cloud and no sign-in: the program runs in the SDK's test runtime,
    and every resource is `declared`, compared with nothing. With --engine this is `pulumi preview`
    with the policy pack on. With --save-plan the cloud is read anew first, and the plan is what
    `ftops up ENV --plan FILE` does, and nothing else.

    \b
    Examples:
      ftops preview dev
      ftops preview prod --picture prod.md --output json
      ftops preview prod --save-plan prod.plan.json
    """
    if picture == Path("-") and output != "table":
        raise BadUsage(f"--picture - and --output {output} both want stdout", "--picture FILE")
    if target and not (engine or save_plan):
        raise BadUsage("an offline preview asks no target", "add --engine, or drop --target")
    foresight = _foresee(env, target, save_plan) if engine or save_plan else _declared(env)
    if picture:
        _draw(foresight, picture)
    if picture == Path("-"):
        return
    body = {
        "environment": env,
        "source": foresight.source,
        "target": foresight.target,
        "plan": str(save_plan) if save_plan else None,
        "resources": [vars(each) for each in foresight.prospects],
    }
    table = _sheet(foresight) if output == "csv" else _table(foresight)
    emit(Answer("preview", foresight.now, body, [table]), output)


def _declared(env: str) -> Foresight:
    from ftops.engine.preview import declare
    from ftops.stack_file import find_root

    return declare(env, find_root(Path.cwd()), datetime.now(UTC))


def _foresee(env: str, target: Kind | None, plan: Path | None) -> Foresight:
    from ftops.azure.session import open_session
    from ftops.engine.preview import foresee
    from ftops.environment import read_environment
    from ftops.progress import open_progress
    from ftops.stack_file import find_root

    root = find_root(Path.cwd())
    read_environment(env, root)
    session = open_session(target)
    with open_progress() as progress:
        return foresee(env, root, session, progress, plan)


def _draw(foresight: Foresight, file: Path) -> None:
    from ftops.picture import render_picture

    text = render_picture(foresight.resources)
    if file == Path("-"):
        click.echo(text, nl=False)
        return
    fenced = f"```mermaid\n{text}```\n" if file.suffix == FENCED else text
    try:
        file.write_text(fenced, encoding="utf-8")
    except OSError as error:
        raise BadUsage(f"{file} cannot be written: {error.strerror}", "--picture FILE") from error


def _sheet(foresight: Foresight) -> Table:
    """Everything, for CSV: types whole, and what is unknown left empty."""
    return Table(FIELDS, [[getattr(each, name) for name in FIELDS] for each in foresight.prospects])


def _table(foresight: Foresight) -> Table:
    rows: Sequence[Sequence[object]] = [
        (
            each.action,
            each.type.rpartition("/")[2],
            each.name,
            each.region or "",
            each.model or "",
            " ".join(str(part) for part in (each.sku, each.capacity) if part is not None),
            each.line or "",
        )
        for each in foresight.prospects
    ]
    return Table(COLUMNS, rows, foresight.title, "nothing is declared")
