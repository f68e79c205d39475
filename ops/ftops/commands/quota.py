"""`ftops quota`: what may still be deployed, where."""

from __future__ import annotations

import click

from ftops.answer import Answer, Table, emit, output_option

COLUMNS = ("region", "name", "used", "limit", "free", "meaning")

ANSWER = (
    "quota[].region",
    "quota[].name",
    "quota[].used",
    "quota[].limit",
    "quota[].free",
    "quota[].meaning",
    "unreadable[].name",
    "unreadable[].reason",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("quota")
@click.option("--region", "regions", multiple=True, help="Only this region; may be repeated.")
@click.option("--model", help="Only the pools of this model, its tuned pools included.")
@click.option("--all", "everything", is_flag=True, help="Pools with neither use nor limit too.")
@output_option
def command(regions: tuple[str, ...], model: str | None, everything: bool, output: str) -> None:
    """Show quota and usage by region, the `-finetune` pools of tuned models included.

    Without --region it asks the regions in which there is an account. A region that Azure does
    not tell about is named and unknown, never shown as free.

    \b
    Examples:
      ftops quota
      ftops quota --region swedencentral --model gpt-4.1-mini
      ftops quota --output json
    """
    from ftops.azure.estate import read_accounts
    from ftops.azure.quota import read_quota
    from ftops.azure.session import open_session
    from ftops.estate import Scope
    from ftops.quota import of_model
    from ftops_catalog.catalog import read_catalog

    catalog = read_catalog()
    named = [catalog.region(region).name for region in regions]
    known = catalog.find_model(model) if model else None
    session = open_session()
    asked = named or [account.region for account in read_accounts(session, Scope())]
    pools, hidden = read_quota(session, asked)
    shown = of_model(pools, known.name if known else model) if model else list(pools)
    rows = [
        (pool.region, pool.name, pool.used, pool.limit, pool.free, pool.meaning)
        for pool in shown
        if everything or pool.used or pool.limit != 0
    ]
    body = {
        "quota": [dict(zip(COLUMNS, row, strict=True)) for row in rows],
        "unreadable": [{"region": each.name, "reason": each.reason} for each in hidden],
    }
    empty = "no quota is told; name a region: ftops quota --region swedencentral"
    notes = [f"{each.name}: unknown: {each.reason}" for each in hidden]
    # The meaning repeats the name in more words, and would break the lines of a terminal.
    table = Table(COLUMNS[:-1], [row[:-1] for row in rows], empty=empty)
    emit(Answer("quota", session.now, body, [table], notes), output)
