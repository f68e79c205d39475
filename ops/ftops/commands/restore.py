"""`ftops restore`: a deployment that a teardown removed, brought back."""

from __future__ import annotations

from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import account_option, ledger_option

ANSWER = (
    "deployment",
    "account",
    "model",
    "state",
    "expires_at",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("restore")
@click.argument("name")
@click.option(
    "--ttl",
    default="24h",
    show_default=True,
    metavar="SPAN",
    help="The new time to live, from now: 24h, 14d.",
)
@account_option
@ledger_option
@output_option
def command(name: str, ttl: str, account: str | None, ledger: Path, output: str) -> None:
    """Bring the deployment NAME back as it was, from the body that the ledger kept.

    Waits until its data plane answers. It gets a new time to live, and its hosting fee accrues
    again from now on. It is refused where a deployment of this name exists, where the quota is
    taken, and where the model is gone.

    \b
    Examples:
      ftops restore sarcasm-v1
      ftops restore sarcasm-v1 --account aoai-ftops-dev --ttl 14d
    """
    from ftops.azure.restore import restore
    from ftops.azure.session import open_session
    from ftops.instant import parse_span
    from ftops.ledger import Ledger
    from ftops.restoration import find_kept, parse_restoration

    span = parse_span(ttl, "--ttl")
    session = open_session()
    journal = Ledger(ledger, session.target.subscription_id)
    pages = journal.read()
    expires_at = session.now + span
    wanted = parse_restoration(find_kept(pages, name, account), expires_at)
    restore(session, wanted, journal)
    body = {
        "deployment": wanted.name,
        "account": wanted.account,
        "model": wanted.model,
        "state": "restored",
        "expires_at": expires_at,
    }
    table = Table(tuple(body), [tuple(body.values())])
    emit(Answer("restore", session.now, body, [table], pages.notes(ledger)), output)
