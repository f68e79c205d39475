"""What standing there will cost by the hour: of what would change, and of the whole environment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ftops.preflight.change import Action, Change
from ftops.preflight.check import Check, ok, unverified
from ftops.price import HOURS, PTU_HOUR, PriceBook, Priced, Quote, plain

HOURS_PER_MONTH = 730
"""Azure's own month in its price calculator."""


@dataclass(frozen=True)
class Line:
    """One deployment's hosting; amounts in USD, None where nobody knows the price.

    `before_usd_per_hour` is what is there now, 0 where nothing is.
    """

    subject: str
    action: Action
    usd_per_hour: Decimal | None
    before_usd_per_hour: Decimal | None
    basis: str

    @property
    def more_usd_per_hour(self) -> Decimal | None:
        """What the change adds; negative where it saves."""
        if self.usd_per_hour is None or self.before_usd_per_hour is None:
            return None
        return self.usd_per_hour - self.before_usd_per_hour


@dataclass(frozen=True)
class Bill:
    """All lines; a sum is of what is known, and `unknown` names the rest."""

    lines: tuple[Line, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(line.subject for line in self.lines if line.more_usd_per_hour is None)

    @property
    def usd_per_hour(self) -> Decimal:
        """Of the whole environment, as declared."""
        return plain(sum((line.usd_per_hour or Decimal(0) for line in self.lines), Decimal(0)))

    @property
    def more_usd_per_hour(self) -> Decimal:
        """Of what would change."""
        return plain(sum((line.more_usd_per_hour or Decimal(0) for line in self.lines), Decimal(0)))


def bill(changes: Iterable[Change], book: PriceBook) -> Bill:
    """Hosting only: tokens and training are billed by what is used of them."""
    return Bill(tuple(_line(change, book) for change in changes))


def bill_checks(bill: Bill) -> list[Check]:
    """One line for the whole, and one for each deployment whose price nobody knows."""
    hour, more = bill.usd_per_hour, bill.more_usd_per_hour
    said = f"{hour:,.2f} USD/h, {hour * HOURS_PER_MONTH:,.2f} USD/month; {more:+,.2f} USD/h by this"
    if not bill.unknown:
        return [ok("price", "hosting", said)]
    return [
        unverified("price", "hosting", f"at least {said}"),
        *(
            unverified("price", line.subject, line.basis)
            for line in bill.lines
            if line.subject in bill.unknown
        ),
    ]


def _line(change: Change, book: PriceBook) -> Line:
    deployment = change.deployment
    wanted = Priced(
        deployment.root_model,
        "hosting",
        version=None if deployment.tuned else deployment.version,
        sku=deployment.sku,
        region=change.account.location,
        capacity=deployment.capacity,
    )
    quote = _quote(wanted, book, tuned=deployment.tuned)
    before = Quote(Decimal(0), HOURS, "nothing is there")
    if change.action == "unknown":
        before = Quote(None, HOURS, "Azure does not show what is there")
    elif change.existing is not None:
        held = change.existing
        asked = Priced(
            held.base_model,
            "hosting",
            version=None if held.tuned else held.version or None,
            sku=held.sku,
            region=change.account.location,
            capacity=held.capacity,
        )
        before = _quote(asked, book, tuned=held.tuned)
    basis = quote.basis if quote.amount_usd is None else before.basis
    known = quote.amount_usd is not None and before.amount_usd is not None
    return Line(
        change.subject,
        change.action,
        quote.amount_usd,
        before.amount_usd,
        quote.basis if known else basis,
    )


def _quote(wanted: Priced, book: PriceBook, *, tuned: bool) -> Quote:
    """A base model that is not provisioned costs nothing by standing there."""
    sku = book.catalog.find_sku(wanted.sku)
    if not tuned and sku is not None and sku.billing != PTU_HOUR:
        return Quote(Decimal(0), HOURS, "a base model is billed by the token")
    return book.quote(wanted)
