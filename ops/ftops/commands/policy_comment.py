"""`ftops policy comment`: one comment on a pull request, kept up to date by each run."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops_catalog.errors import BadUsage

ANSWER = ("pull_request", "action", "comment")
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("comment")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pull-request", type=click.IntRange(1), help="Its number; the run's own by itself.")
@output_option
def command(file: Path, pull_request: int | None, output: str) -> None:
    """Keep one comment on a pull request: edit the one that is there, or write it.

    FILE is what `ftops policy check --output markdown` wrote. GitHub Actions tells the rest in
    GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_REF; GITHUB_TOKEN has to be handed over, with
    the permission `pull-requests: write`. Where it may only read, as in a fork's pull request,
    that is said and nothing fails: the summary and the annotations are there.

    \b
    Examples:
      ftops policy comment comment.md
      ftops policy comment comment.md --pull-request 7 --output json
    """
    from ftops.comment import MARKER
    from ftops.github import find_pull_request, keep_comment

    text = file.read_text(encoding="utf-8")
    if not text.startswith(f"{MARKER}\n"):
        hint = "ftops policy check --output markdown > FILE"
        raise BadUsage(f"{file} is no comment of ours", hint)
    pull = find_pull_request(os.environ, pull_request)
    kept = keep_comment(pull, text)
    body = {"pull_request": pull.number, "action": kept.action, "comment": kept.id}
    table = Table(("pull request", "comment"), [(pull.number, kept.action)])
    refused = f"::notice::GitHub refused the comment ({kept.status}); see the step's summary."
    notes = [refused] if kept.action == "refused" else []
    emit(Answer("policy comment", datetime.now(UTC), body, [table], notes), output)
