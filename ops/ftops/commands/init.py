"""`ftops init`: a team's own project, written once and upgraded later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops import __version__
from ftops.answer import Answer, Table, emit, output_option
from ftops.template import ENVIRONMENTS, render

if TYPE_CHECKING:
    from ftops.project import Upgrade
    from ftops.template import Answers

FIELDS = ("path", "action", "beside", "conflicts")

ANSWER = (
    "directory",
    "due",
    "version",
    "previous_version",
    "files[].path",
    "files[].action",
    "files[].beside",
    "files[].conflicts",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", help="The project's name; the folder's, where none is said.")
@click.option("--owner", help="The tag `owner` of every resource; the name, where none is said.")
@click.option("--location", help="The Azure region of every account. [default: swedencentral]")
@click.option(
    "--environment",
    "environments",
    type=click.Choice(ENVIRONMENTS),
    multiple=True,
    help="An environment to begin with; can be repeated. [default: all three]",
)
@click.option(
    "--requirement",
    help="How pip finds ftops, {version} being its version. [default: ftops=={version}]",
)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 if an upgrade is due.")
@output_option
def command(
    directory: Path,
    *,
    name: str | None,
    owner: str | None,
    location: str | None,
    environments: tuple[str, ...],
    requirement: str | None,
    check: bool,
    output: str,
) -> None:
    """Write a project of your team's own into DIR, or upgrade the one that is there.

    The project is what `ftops up` and `pulumi up` run from: Pulumi.yaml and its program, a stack
    file per environment, the policy pack and its settings, workflows for GitHub. Nothing of yours
    is ever overwritten or deleted: without a project in DIR, a file that is in the way is named
    and nothing is written. In an upgrade, files that you did not edit are replaced; for one that
    you did, what is new lies beside it as FILE.new, merged with your edits where git is there.

    \b
    Examples:
      ftops init tuning --owner ml-platform
      ftops init tuning --environment dev --location eastus2
      ftops init . --check
    """
    from ftops.project import apply, plan

    given = {"name": name, "owner": owner, "location": location, "requirement": requirement}
    answers = _answers(directory, given, environments, check=check)
    upgrade = plan(directory, render(answers, __version__), answers, __version__)
    if not check:
        apply(directory, upgrade)
    emit(_answer(directory, upgrade, check=check), output)


def _answers(
    directory: Path, given: dict[str, str | None], environments: tuple[str, ...], *, check: bool
) -> Answers:
    """What is said now, over what was said before, over the defaults."""
    from dataclasses import replace

    from ftops.project import read_lock
    from ftops.template import Answers, check_answers, default_name
    from ftops_catalog.errors import NotReady

    before = read_lock(directory)
    if check and before is None:
        raise NotReady(f"{directory} holds no project of ftops init", f"ftops init {directory}")
    name = given["name"] or default_name(directory.resolve().name)
    answers = before.answers if before else Answers(name, given["owner"] or name)
    said: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if environments:
        said["environments"] = environments
    return check_answers(replace(answers, **said))


def _answer(directory: Path, upgrade: Upgrade, *, check: bool) -> Answer:
    rows = [
        (each.path, each.action, each.target if each.target != each.path else "", each.conflicts)
        for each in upgrade.changes
    ]
    body = {
        "directory": str(directory),
        "due": upgrade.is_due,
        "version": upgrade.lock.version,
        "previous_version": upgrade.before.version if upgrade.before else None,
        "files": [dict(zip(FIELDS, row, strict=True)) for row in rows],
    }
    table = Table(("file", "what", "beside"), [row[:3] for row in rows])
    notes = _notes(directory, upgrade, check=check)
    exit_code = int(check and upgrade.is_due)
    return Answer("init", datetime.now(UTC), body, [table], notes, exit_code)


def _notes(directory: Path, upgrade: Upgrade, *, check: bool) -> list[str]:
    """What to do next: take in what lies beside, or begin."""
    if check:
        return [f"an upgrade is due: ftops init {directory}"] if upgrade.is_due else []
    notes = []
    for each in upgrade.changes:
        if each.action in {"beside", "waiting"}:
            state = f", conflicts: {each.conflicts}" if each.conflicts else ""
            notes.append(
                f"{each.target} has what is new{state}; take it into {each.path}, then delete it"
            )
    if upgrade.before is None:
        notes.append(f"next: cd {directory}; ftops policy check")
    return notes
