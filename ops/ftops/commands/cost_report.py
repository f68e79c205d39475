"""`ftops cost report`: what fine-tuning cost, hour by hour, gone deployments included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.estate import Scope
from ftops.ledger import Ledger
from ftops.option import account_option, group_option, ledger_option
from ftops_catalog.errors import BadUsage

if TYPE_CHECKING:
    from ftops.azure.account_book import Accounting
    from ftops.history import Span

ROWS = (
    "hour",
    "account",
    "deployment",
    "model",
    "charge_type",
    "quantity",
    "unit",
    "unit_price_usd",
    "cost_usd",
    "basis",
)
GROUPS = ("hosting $", "of it idle $", "tokens $", "training $", "total $", "unknown rows")
KEYS = ("hour", "day", "deployment", "model", "account", "charge_type")

ANSWER = (
    "since",
    "until",
    "charges[].hour",
    "charges[].account",
    "charges[].deployment",
    "charges[].model",
    "charges[].charge_type",
    "charges[].quantity",
    "charges[].unit",
    "charges[].unit_price_usd",
    "charges[].cost_usd",
    "charges[].basis",
    "total_usd",
    "by",
    "groups[].key",
    "groups[].hosting_usd",
    "groups[].idle_usd",
    "groups[].tokens_usd",
    "groups[].training_usd",
    "groups[].total_usd",
    "groups[].unknown",
    "unknown[].account",
    "unknown[].deployment",
    "unknown[].model",
    "unknown[].charge_type",
    "unknown[].reason",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("report")
@click.option("--by", type=click.Choice(KEYS), default="day", show_default=True, help="Sum by.")
@click.option("--since", default="7d", show_default=True, help="A span or an instant: 7d, 36h.")
@click.option("--until", help="An instant; now, where it is left out.")
@click.option(
    "--prices",
    type=click.Choice(["retail", "catalog"]),
    default="retail",
    show_default=True,
    help="Azure's list prices of today where they answer, or the catalog's alone.",
)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page too.")
@account_option
@group_option
@ledger_option
@output_option
def command(output: str, **chosen: Any) -> None:
    """Account for hosting, tokens and training by the hour, at list price.

    An accrual estimate, not Azure's bill, which is 8 to 24 hours late and knows neither hours
    nor deployments. Deployments and jobs that no longer exist are in it. A price that nobody
    knows is listed as unknown and never counted as zero. CSV by hour has every charge.

    \b
    Examples:
      ftops cost report
      ftops cost report --by deployment --since 30d
      ftops cost report --by hour --since 7d --output csv
      ftops cost report --html cost.html
    """
    emit(_answer(Options(**chosen), output), output)


@dataclass(frozen=True)
class Options:
    """What the user chose."""

    by: str
    since: str
    until: str | None
    prices: str
    html: Path | None
    account: str | None
    resource_group: str | None
    ledger: Path

    def span(self, now: datetime) -> Span:
        """From the whole hour that holds --since, so that every hour but the last is whole."""
        from ftops.history import Span
        from ftops.instant import hour_of, parse_since

        until = parse_since(self.until, now, "--until") if self.until else now
        since = hour_of(parse_since(self.since, now))
        if since >= until:
            raise BadUsage("--since is not before --until", "ftops cost report --since 7d")
        return Span(since, until)


def _answer(chosen: Options, output: str) -> Answer:
    from ftops.azure.account_book import account_for
    from ftops.azure.session import open_session

    session = open_session()
    ledger = Ledger(chosen.ledger, session.target.subscription_id)
    pages = ledger.read()
    scope = Scope(chosen.account, chosen.resource_group)
    accounting = account_for(
        session, scope, chosen.span(session.now), pages.entries, retail=chosen.prices == "retail"
    )
    notes = [*accounting.notes, *pages.notes(ledger.path)]
    if chosen.html:
        _write(chosen.html, accounting.page(session))
        notes.append(f"The page is {chosen.html}")
    if accounting.unknown:
        notes.append(f"{len(accounting.unknown)} costs are unknown and not in the total.")
    notes.append(f"${accounting.total_usd:.2f} accrued at list price; this is not Azure's bill.")
    exact = output != "table"
    every = exact and chosen.by == "hour"
    tables = [_rows(accounting) if every else _groups(accounting, chosen.by, exact=exact)]
    if accounting.unknown:
        tables.append(_gaps(accounting))
    return Answer("cost report", session.now, _body(accounting, chosen.by), tables, notes)


def _body(accounting: Accounting, by: str) -> dict[str, object]:
    return {
        "since": accounting.span.since,
        "until": accounting.span.until,
        "charges": [{name: getattr(row, name) for name in ROWS} for row in accounting.charges],
        "total_usd": accounting.total_usd,
        "unknown": [vars(gap) for gap in accounting.unknown],
        "by": by,
        "groups": [vars(group) for group in accounting.fold(by)],
    }


def _rows(accounting: Accounting) -> Table:
    rows = [tuple(getattr(row, name) for name in ROWS) for row in accounting.charges]
    return Table(ROWS, rows)


def _groups(accounting: Accounting, by: str, *, exact: bool) -> Table:
    """People get cents and a little more; programs get every digit."""
    rows = [
        tuple(
            round(value, 4) if isinstance(value, Decimal) and not exact else value
            for value in vars(group).values()
        )
        for group in accounting.fold(by)
    ]
    return Table((by, *GROUPS), rows, empty="nothing was billed in this time")


def _gaps(accounting: Accounting) -> Table:
    columns = ("account", "deployment", "model", "charge_type", "reason")
    rows = [tuple(vars(gap).values()) for gap in accounting.unknown]
    return Table(columns, rows, "Not in the total")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadUsage(f"{path} cannot be written: {error.strerror}", "--html PATH") from error
