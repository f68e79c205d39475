"""Charges: one row per deployment or job, hour and kind; an accrual, not Azure's bill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import groupby
from typing import Any

from ftops.estate import Deployment
from ftops.history import Gap, History, Job, Lifetime, Span
from ftops.instant import HOUR, hour_of
from ftops.price import DIGITS, HOURS, TOKENS, PriceBook, Priced, Quote, is_hosted, plain, priced
from ftops.token_use import TokenUse, merge_tokens

TYPES = ("hosting", "input", "cached_input", "output", "training")
MILLION = 1_000_000
BILLED_BY_STATE = frozenset({"succeeded", "cancelled", "canceled", "paused"})
NEVER_BILLED = frozenset({"failed"})


@dataclass(frozen=True)
class Charge:
    """One row. `quantity` times `unit_price_usd` is exactly `cost_usd`; None is unknown.

    `deployment` is a deployment's name, or a job's id on a training row. `idle` tells that the
    deployment was not called in this hour, None where that is not known or not asked.
    """

    hour: datetime
    account: str
    deployment: str
    model: str
    charge_type: str
    quantity: Decimal
    unit: str
    unit_price_usd: Decimal | None
    cost_usd: Decimal | None
    basis: str
    idle: bool | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """What rows are sorted by; two rows that agree in it are one charge."""
        place = TYPES.index(self.charge_type)
        price = -1 if self.unit_price_usd is None else self.unit_price_usd
        named = (self.account, self.deployment, place, self.model)
        return (self.hour, *named, self.unit, price, self.basis)


def charges(history: History, tokens: Iterable[TokenUse], book: PriceBook) -> tuple[Charge, ...]:
    """Every charge of the history's span, sorted by hour, account, deployment and kind.

    The order of what comes in makes no difference. Hosting accrues by the part of each hour
    that a deployment existed, tokens in the hour of the call, training in the hour a job ended.
    """
    uses = merge_tokens(tokens, history.span.since, history.span.until)
    rows = [
        *_hosting_rows(history, uses, book),
        *_token_rows(history, uses, book),
        *_training_rows(history, book),
    ]
    merged = _merged(rows)
    assert total_usd(merged) == total_usd(rows), "merging rows changes no sum"
    return merged


def _merged(rows: Iterable[Charge]) -> tuple[Charge, ...]:
    """A deployment that was made again within an hour has one row for it."""

    def order(row: Charge) -> Any:
        return row.order

    ordered = sorted(rows, key=order)
    return tuple(reduce(_together, group) for _, group in groupby(ordered, key=order))


def _together(one: Charge, other: Charge) -> Charge:
    cost = None
    if one.cost_usd is not None and other.cost_usd is not None:
        cost = plain(one.cost_usd + other.cost_usd)
    idle = None if None in (one.idle, other.idle) else one.idle and other.idle
    quantity = plain(one.quantity + other.quantity)
    return replace(one, quantity=quantity, cost_usd=cost, idle=idle)


def total_usd(rows: Iterable[Charge]) -> Decimal:
    """The sum of what is known; unknown costs are counted by `unknowns`, never as zero."""
    return plain(sum((row.cost_usd for row in rows if row.cost_usd is not None), Decimal(0)))


def unknowns(rows: Iterable[Charge], history: History) -> tuple[Gap, ...]:
    """What the total leaves out: each deployment or job and kind once, with the reason."""
    priced = {
        Gap(row.account, row.deployment, row.model, row.charge_type, row.basis)
        for row in rows
        if row.cost_usd is None
    }
    gaps = {*priced, *history.gaps}
    return tuple(
        sorted(gaps, key=lambda gap: (gap.account, gap.deployment, gap.charge_type, gap.reason))
    )


def hosted_hours(life: Lifetime, span: Span) -> Iterator[tuple[datetime, Decimal]]:
    """Each hour of the span with the part of it that the deployment existed.

    A part is the difference of two rounded places within the hour, so that the parts of a
    divided span add up to those of the whole, to the last digit.
    """
    start = max(life.since, span.since)
    end = min(life.until or span.until, span.until)
    hour = hour_of(start)
    while start < end and hour < end:
        part = _place(min(end, hour + HOUR) - hour) - _place(max(start, hour) - hour)
        if part:
            yield hour, plain(part)
        hour += HOUR


def _place(offset: timedelta) -> Decimal:
    seconds = Decimal(offset // timedelta(microseconds=1)) / MILLION
    return round(seconds / 3600, DIGITS)


def _hosting_rows(
    history: History, uses: dict[tuple[str, str], list[TokenUse]], book: PriceBook
) -> Iterator[Charge]:
    unseen = {gap.account for gap in history.gaps if gap.charge_type == "input"}
    for life in history.lifetimes:
        deployment = life.deployment
        if not is_hosted(deployment, book):
            continue
        quote = book.quote(priced(deployment, "hosting"))
        called = {use.hour for use in uses.get(_owner(deployment), []) if use.input or use.output}
        seen = deployment.account.name not in unseen
        for hour, part in hosted_hours(life, history.span):
            row = _row(hour, _named(deployment), "hosting", part, quote)
            yield replace(row, idle=hour not in called if seen else None)


def _token_rows(
    history: History, uses: dict[tuple[str, str], list[TokenUse]], book: PriceBook
) -> Iterator[Charge]:
    lives: dict[tuple[str, str], list[Lifetime]] = {}
    for life in history.lifetimes:
        lives.setdefault(_owner(life.deployment), []).append(life)
    for owner, group in uses.items():
        for use in group:
            owning = _life_at(lives.get(owner, []), use.hour)
            if owning is None:
                yield from _unowned_rows(use)
            else:
                yield from _use_rows(owning.deployment, use, book)


def _use_rows(deployment: Deployment, use: TokenUse, book: PriceBook) -> Iterator[Charge]:
    cached = use.cached_input or 0
    for kind, count in (
        ("input", use.input - cached),
        ("cached_input", cached),
        ("output", use.output),
    ):
        if count > 0:
            quote = book.quote(priced(deployment, kind))
            yield _row(use.hour, _named(deployment), kind, _millions(count), quote)


def _unowned_rows(use: TokenUse) -> Iterator[Charge]:
    """Tokens of a deployment that nothing else tells of: they cost something, not nothing."""
    account = use.account_id.rpartition("/")[2]
    quote = Quote(None, TOKENS, "unknown: nothing tells which model and SKU it was")
    for kind, count in (("input", use.input), ("output", use.output)):
        if count > 0:
            named = (account, use.deployment, "")
            yield _row(use.hour, named, kind, _millions(count), quote)


def _training_rows(history: History, book: PriceBook) -> Iterator[Charge]:
    span = history.span
    for job in history.jobs:
        if not job.tokens or job.ended_at is None or job.state.casefold() in NEVER_BILLED:
            continue
        if not span.since <= job.ended_at < span.until:
            continue
        quote = book.quote(
            Priced(
                job.model,
                "training",
                training_type=job.training_type,
                region=job.account.region,
            )
        )
        if quote.unit == HOURS and quote.amount_usd is not None:
            reason = "unknown: trained by the hour, and the job does not tell its hours"
            quote = Quote(None, TOKENS, reason)
        named = (job.account.name, job.id, job.model)
        yield _row(hour_of(job.ended_at), named, "training", _millions(job.tokens), quote)


def job_gap(job: Job, span: Span) -> Gap | None:
    """Why a job's cost is not known, None where it is, or where it is none of this span's."""
    state = job.state.casefold()
    if state in NEVER_BILLED or (job.ended_at and not span.since <= job.ended_at < span.until):
        return None
    if state in BILLED_BY_STATE and job.tokens is not None and job.ended_at is not None:
        return None
    reason = f"the job is {job.state or 'in no known state'} and tells no billed tokens"
    return Gap(job.account.name, job.id, job.model, "training", reason)


def _row(
    hour: datetime,
    named: tuple[str, str, str],
    charge_type: str,
    quantity: Decimal,
    quote: Quote,
) -> Charge:
    account, deployment, model = named
    price = quote.amount_usd
    cost = None if price is None else plain(quantity * price)
    row = Charge(
        hour,
        account,
        deployment,
        model,
        charge_type,
        quantity,
        quote.unit,
        price,
        cost,
        quote.basis,
    )
    assert cost is None or cost >= 0, "nothing costs less than nothing"
    return row


def _named(deployment: Deployment) -> tuple[str, str, str]:
    return (deployment.account.name, deployment.name, deployment.base_model or "")


def _owner(deployment: Deployment) -> tuple[str, str]:
    return (deployment.account.key, deployment.name.casefold())


def _life_at(lives: list[Lifetime], hour: datetime) -> Lifetime | None:
    """The lifetime that an hour's tokens belong to: the last one that touches the hour."""
    touching = [
        life
        for life in lives
        if life.since < hour + HOUR and (life.until is None or life.until > hour)
    ]
    return max(touching, key=lambda life: life.since, default=None)


def _millions(tokens: int) -> Decimal:
    return plain(Decimal(tokens) / MILLION)
