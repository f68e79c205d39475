"""A teardown from end to end: read, judge, plan; and apart from that, apply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from ftops.allowance import Allowance
from ftops.apply import Applier
from ftops.azure.deployment import ArmCloud
from ftops.azure.estate import read_estate
from ftops.azure.session import Session
from ftops.azure.usage import read_usage, window_of
from ftops.estate import Estate, Scope
from ftops.ledger import Ledger
from ftops.outcome import Outcome
from ftops.plan import Plan, plan
from ftops.price import PriceBook, is_hosted, priced
from ftops.usage import Usage, Window
from ftops.verdict import Verdict, judge


@dataclass(frozen=True)
class Judged:
    """What was read and what is held of it; nothing has been touched."""

    estate: Estate
    window: Window
    usage: dict[str, Usage]
    verdicts: tuple[Verdict, ...]
    plan: Plan


def judge_estate(session: Session, scope: Scope, allowance: Allowance, book: PriceBook) -> Judged:
    """Reads the scope, judges every deployment and plans the deletions, as of ARM's own clock."""
    estate = read_estate(session, scope)
    window = window_of(allowance.idle_after_max, session.now)
    usage = read_usage(session, estate, window)
    bare = judge(estate, usage, allowance.threshold, session.now, allowance.declared)
    verdicts = tuple(price_verdicts(bare, book))
    return Judged(estate, window, usage, verdicts, plan(verdicts, allowance.deletions_max))


def price_verdicts(verdicts: Iterable[Verdict], book: PriceBook) -> Iterable[Verdict]:
    """The verdicts with the list price of an hour; a base model billed by token has none."""
    for verdict in verdicts:
        deployment = verdict.deployment
        if is_hosted(deployment, book):
            amount = book.quote(priced(deployment, "hosting")).amount_usd
        else:
            amount = Decimal(0)
        yield replace(verdict, hosting_usd_per_hour=amount)


def carry_out(
    session: Session, judged: Judged, allowance: Allowance, ledger: Ledger
) -> tuple[Outcome, ...]:
    """Applies the plan; see `ftops.apply.Applier` for what it refuses and what it journals."""
    applier = Applier(ArmCloud(session), ledger, allowance.threshold, allowance.declared)
    return applier.apply(judged.plan, judged.usage)
