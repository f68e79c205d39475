"""The cost report as one HTML file: no script, nothing fetched, readable on paper and a phone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ftops.charge import Charge, total_usd
from ftops.chart import grain_of, render_chart, sum_parts
from ftops.history import Gap, Lifetime, Span
from ftops.instant import HOUR, said
from ftops.price import plain
from ftops.report import Saving

TEMPLATE = "page.html"
WIDE = (1040, 300)
NARROW = (350, 240)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Page:
    """What the page shows; `now` is the instant that every number stands for."""

    subscription_id: str
    scope: str
    span: Span
    now: datetime
    charges: Sequence[Charge]
    lifetimes: Sequence[Lifetime]
    unknown: Sequence[Gap]
    savings: Sequence[Saving]
    notes: Sequence[str] = ()
    sandbox: bool = False


@dataclass(frozen=True)
class Line:
    """One deployment or job on the page; `hosting_usd` None is a price that nobody knows."""

    name: str
    account: str
    model: str
    standing: str
    hours: Decimal
    idle_hours: Decimal
    hosting_usd: Decimal | None
    idle_usd: Decimal
    tokens_usd: Decimal
    training_usd: Decimal
    total_usd: Decimal
    unknown: bool


def render_page(page: Page) -> str:
    """The report as HTML; the only external words in it are escaped values."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("ftops", ""),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"usd": usd, "day": day, "moment": moment, "number": number, "why": why}
    lines = fold_lines(page.charges, page.lifetimes)
    known = [saving for saving in page.savings if saving.restored_at is None]
    # The chart is our own SVG, made from numbers and fixed words.
    charts = [Markup(render_chart(page.charges, page.span, *size)) for size in (WIDE, NARROW)]  # noqa: S704 - see above
    return environment.get_template(TEMPLATE).render(
        page=page,
        charts=charts,
        has_charges=bool(sum_parts(page.charges)),
        grain="hour" if grain_of(page.span) == HOUR else "day",
        parts=sum_parts(page.charges),
        total=total_usd(page.charges),
        idle=idle_usd(page.charges),
        deployments=[line for line in lines if not line.training_usd],
        jobs=[line for line in lines if line.training_usd],
        rate=rate_usd_per_hour(page.charges, page.lifetimes),
        unpriced=len([life for life in page.lifetimes if is_unpriced(life, page.unknown)]),
        saved_per_day=sum((saving.usd_per_day or Decimal(0) for saving in known), Decimal(0)),
        length=said(page.span.until - page.span.since),
    )


def idle_usd(charges: Sequence[Charge]) -> Decimal:
    """What hosting cost in hours without calls."""
    return plain(sum((row.cost_usd or Decimal(0) for row in charges if row.idle), Decimal(0)))


def rate_usd_per_hour(charges: Sequence[Charge], lifetimes: Sequence[Lifetime]) -> Decimal:
    """What hosting of the deployments that still exist accrues per hour, at their last price."""
    existing = {
        (life.deployment.account.name, life.deployment.name)
        for life in lifetimes
        if life.until is None
    }
    prices = {
        (row.account, row.deployment): row.unit_price_usd or Decimal(0)
        for row in sorted(charges, key=lambda row: row.hour)
        if row.charge_type == "hosting" and (row.account, row.deployment) in existing
    }
    return sum(prices.values(), Decimal(0))


def is_unpriced(life: Lifetime, unknown: Sequence[Gap]) -> bool:
    """Whether it exists, and accrues hosting that nobody can tell."""
    deployment = life.deployment
    return life.until is None and any(
        (gap.account, gap.deployment, gap.charge_type)
        == (deployment.account.name, deployment.name, "hosting")
        for gap in unknown
    )


def fold_lines(charges: Sequence[Charge], lifetimes: Sequence[Lifetime]) -> list[Line]:
    """One line per deployment or job, the dearest first."""
    groups: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for row in charges:
        groups[row.account, row.deployment].append(row)
    standing = {
        (life.deployment.account.name, life.deployment.name): life
        for life in sorted(lifetimes, key=lambda life: life.since)
    }
    lines = [_line(rows, standing.get(key)) for key, rows in groups.items()]
    return sorted(lines, key=lambda line: (-line.total_usd, line.account, line.name))


def _line(rows: Sequence[Charge], life: Lifetime | None) -> Line:
    hosting = [row for row in rows if row.charge_type == "hosting"]
    idle = [row for row in hosting if row.idle]
    training = [row for row in rows if row.charge_type == "training"]
    hosted, trained, whole = (total_usd(some) for some in (hosting, training, rows))
    return Line(
        name=rows[0].deployment,
        account=rows[0].account,
        model=next((row.model for row in rows if row.model), "unknown"),
        standing=_standing(life),
        hours=sum((row.quantity for row in hosting), Decimal(0)),
        idle_hours=sum((row.quantity for row in idle), Decimal(0)),
        hosting_usd=None if any(row.cost_usd is None for row in hosting) else hosted,
        idle_usd=total_usd(idle),
        tokens_usd=plain(whole - hosted - trained),
        training_usd=trained,
        total_usd=whole,
        unknown=any(row.cost_usd is None for row in rows),
    )


def _standing(life: Lifetime | None) -> str:
    if life is None:
        return ""
    return "exists" if life.until is None else f"gone since {day(life.until)}"


def usd(amount: Decimal | None) -> str:
    """Dollars and cents; below half a cent it says so, and unknown stays unknown."""
    if amount is None:
        return "unknown"
    if 0 < amount < CENT:
        return "< $0.01"
    return f"${amount:,.2f}"


def number(amount: Decimal) -> str:
    return f"{plain(round(amount, 1)):f}"


def why(reason: str) -> str:
    """A reason as a sentence: the heading above it says already that this is unknown."""
    told = reason.removeprefix("unknown: ")
    return f"{told[:1].upper()}{told[1:]}".rstrip(".") + "."


def day(at: datetime) -> str:
    return f"{at:%b} {at.day}, {at:%H:%M}"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
