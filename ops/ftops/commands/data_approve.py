"""`ftops data approve`: somebody answers for a training file, and its card says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.training_option import allow_option

if TYPE_CHECKING:
    from ftops.approval import Approval

ANSWER = (
    "card",
    "file",
    "license",
    "source",
    "approved_by",
    "approved_on",
    "environments[]",
    "sha256",
    "unchanged",
    "personal_data[].line",
    "personal_data[].kind",
    "personal_data[].shape",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("approve")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--license", "licence", required=True, help="Its licence by SPDX: MIT, LicenseRef-Internal."
)
@click.option("--source", required=True, help="Where it is from, in a few words.")
@click.option("--by", "approver", required=True, help="Who answers for it.")
@click.option(
    "--environment",
    "environments",
    multiple=True,
    required=True,
    help="Which environment may train on it; can be given again where sharing is allowed.",
)
@allow_option
@output_option
def command(file: Path, output: str, **options: Any) -> None:
    """Approve a training file: write the card that lies beside it.

    For train.jsonl it is train.card.yaml: licence, source, who approved it and when, for which
    environments, and the sha256 of what was approved. The rules on training files read it. A file
    that has problems, or holds a secret, is not approved; personal data in it are named by line.
    Running the same command again changes nothing; a file that has changed needs it again.

    \b
    Examples:
      ftops data approve train.jsonl --license MIT --source "our own support" --by ana \\
        --environment dev
      ftops data approve prod.jsonl --license LicenseRef-Internal --source crm --by ana \\
        --environment prod --output json
    """
    from ftops.approval import approve
    from ftops.dataset.card import Card, digest_of, parse_license
    from ftops.dataset.rule import parse_rules

    now = datetime.now(UTC)
    card = Card(
        license=parse_license(options["licence"]),
        source=options["source"],
        approved_by=options["approver"],
        approved_on=now.date(),
        environments=tuple(dict.fromkeys(options["environments"])),
        sha256=digest_of(file),
    )
    emit(_answer(approve(file, card, parse_rules(options["allow"])), now), output)


def _answer(approval: Approval, now: datetime) -> Answer:
    card = approval.card.as_json()
    rows = [
        (key, ", ".join(each) if isinstance(each, list) else each) for key, each in card.items()
    ]
    notes = [
        f"line {each.line} holds personal data ({each.kind}): {each.shape}"
        for each in approval.personal
    ]
    done = "it is approved already" if approval.unchanged else "the card goes into git with the job"
    return Answer(
        command="data approve",
        now=now,
        body={
            "file": str(approval.file),
            "card": str(approval.path),
            **card,
            "unchanged": approval.unchanged,
            "personal_data": [vars(each) for each in approval.personal],
        },
        tables=(Table(("what", "value"), rows, title=str(approval.path)),),
        notes=(*notes, done),
    )
