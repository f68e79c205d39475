"""Reports: charges folded by what a reader asks for, to the last digit, and what idling cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ftops.answer import rfc3339
from ftops.charge import Charge, total_usd
from ftops.estate import Deployment, Estate, account_of, parse_deployment
from ftops.history import Span
from ftops.ledger import Entry
from ftops.price import PriceBook, plain, priced

KEYS: Mapping[str, str] = {
    "hour": "hour",
    "day": "substr(hour, 1, 10)",
    "deployment": "account || '/' || deployment",
    "model": "CASE model WHEN '' THEN 'unknown' ELSE model END",
    "account": "account",
    "charge_type": "charge_type",
}
"""What charges can be folded by, as the SQL that makes the key of a row."""

HOURS_A_DAY = 24

# The amounts are DECIMAL(38,12): twelve decimals hold a price of six times a quantity of six.
TABLE = """
CREATE TABLE charge (
    hour VARCHAR, account VARCHAR, deployment VARCHAR, model VARCHAR, charge_type VARCHAR,
    idle BOOLEAN, cost_usd DECIMAL(38, 12)
)"""

INSERT = """
INSERT INTO charge SELECT
    unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
    unnest(?::VARCHAR[]), unnest(?::BOOLEAN[]), unnest(?::VARCHAR[])::DECIMAL(38, 12)"""

FOLD = """
SELECT
    {key} AS name,
    coalesce(sum(cost_usd) FILTER (charge_type = 'hosting'), 0),
    coalesce(sum(cost_usd) FILTER (charge_type = 'hosting' AND idle), 0),
    coalesce(sum(cost_usd) FILTER (charge_type IN ('input', 'cached_input', 'output')), 0),
    coalesce(sum(cost_usd) FILTER (charge_type = 'training'), 0),
    coalesce(sum(cost_usd), 0),
    count(*) FILTER (cost_usd IS NULL)
FROM charge GROUP BY name ORDER BY name"""


@dataclass(frozen=True)
class Group:
    """The charges of one key, in USD; `idle_usd` is the part of hosting in hours without calls.

    `unknown` counts the rows whose cost is not known and which no amount here holds.
    """

    key: str
    hosting_usd: Decimal
    idle_usd: Decimal
    tokens_usd: Decimal
    training_usd: Decimal
    total_usd: Decimal
    unknown: int


@dataclass(frozen=True)
class Saving:
    """One teardown's effect: what stopped accruing when, `so_far_usd` up to the report's end.

    `restored_at` is when it began to accrue again, None where it did not.
    """

    deployment: str
    account: str
    deleted_at: datetime
    usd_per_day: Decimal | None
    so_far_usd: Decimal | None
    restored_at: datetime | None = None


def fold(charges: Sequence[Charge], by: str) -> tuple[Group, ...]:
    """The charges summed by one of `KEYS`, sorted by it; the sums are exact.

    The SQL runs on DuckDB; amounts go in as text and are DECIMAL from there on, so no float
    touches them.
    """
    import duckdb

    with duckdb.connect() as database:
        database.execute(TABLE)
        database.execute(INSERT, _columns(charges))
        rows = database.execute(FOLD.format(key=KEYS[by])).fetchall()
    groups = tuple(map(_group, rows))
    summed = sum((group.total_usd for group in groups), Decimal(0))
    assert summed == total_usd(charges), "folding loses and invents nothing"
    return groups


def savings(
    entries: Iterable[Entry], estate: Estate, book: PriceBook, span: Span
) -> tuple[Saving, ...]:
    """What the deletions within the span stopped from accruing, newest first.

    The estate tells the region of an account, which the ledger does not hold.
    """
    accounts = {account.key: account for account in estate.accounts}
    found: list[Saving] = []
    ordered = sorted(entries, key=lambda entry: entry.at)
    for place, entry in enumerate(ordered):
        if entry.kind != "deleted" or not span.since <= entry.at <= span.until:
            continue
        again = next(
            (
                later.at
                for later in ordered[place + 1 :]
                if later.key == entry.key and later.kind in {"restored", "deployed"}
            ),
            None,
        )
        account = account_of(entry.subject)
        deployment = parse_deployment(entry.body, accounts.get(account.key, account))
        found.append(_saving(entry, deployment, again, book, span))
    return tuple(reversed(found))


def _saving(
    entry: Entry, deployment: Deployment, again: datetime | None, book: PriceBook, span: Span
) -> Saving:
    price = book.quote(priced(deployment, "hosting")).amount_usd
    end = min(again, span.until) if again else span.until
    hours = Decimal((end - entry.at).total_seconds()) / 3600
    return Saving(
        deployment=deployment.name or entry.subject.rpartition("/")[2],
        account=deployment.account.name,
        deleted_at=entry.at,
        usd_per_day=None if price is None else price * HOURS_A_DAY,
        so_far_usd=None if price is None else round(price * max(hours, Decimal(0)), 2),
        restored_at=again,
    )


def _group(row: tuple[Any, ...]) -> Group:
    name, hosting, idle, tokens, training, total, unknown = row
    return Group(
        str(name),
        plain(hosting),
        plain(idle),
        plain(tokens),
        plain(training),
        plain(total),
        int(unknown),
    )


def _columns(charges: Sequence[Charge]) -> list[list[object]]:
    """The table's columns as lists: one statement inserts them all in a moment."""
    return [
        [rfc3339(row.hour) for row in charges],
        [row.account for row in charges],
        [row.deployment for row in charges],
        [row.model for row in charges],
        [row.charge_type for row in charges],
        [row.idle for row in charges],
        [None if row.cost_usd is None else f"{row.cost_usd:f}" for row in charges],
    ]
