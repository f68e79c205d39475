"""A cost report from end to end: read the history and the prices, and charge by the hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ftops.azure.history import Past, read_history
from ftops.azure.prices import read_retail_prices
from ftops.azure.session import Session
from ftops.charge import Charge, charges, total_usd, unknowns
from ftops.estate import Scope
from ftops.history import Gap, Span
from ftops.ledger import Entry
from ftops.price import PriceBook
from ftops.report import Group, Saving, fold, savings
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import CloudRefused, NotReady


@dataclass(frozen=True)
class Accounting:
    """Everything a report says, in whatever form it is printed."""

    scope: Scope
    past: Past
    charges: tuple[Charge, ...]
    unknown: tuple[Gap, ...]
    savings: tuple[Saving, ...]
    notes: tuple[str, ...]

    @property
    def span(self) -> Span:
        return self.past.history.span

    @property
    def total_usd(self) -> Decimal:
        return total_usd(self.charges)

    def fold(self, by: str) -> tuple[Group, ...]:
        return fold(self.charges, by)

    def page(self, session: Session) -> str:
        """The report as one HTML file."""
        from ftops.page import Page, render_page

        return render_page(
            Page(
                subscription_id=session.target.subscription_id,
                scope=_said(self.scope),
                span=self.span,
                now=session.now,
                charges=self.charges,
                lifetimes=self.past.history.lifetimes,
                unknown=self.unknown,
                savings=self.savings,
                notes=self.notes,
                sandbox=session.target.is_sandbox,
            )
        )


def account_for(
    session: Session, scope: Scope, span: Span, entries: Iterable[Entry], *, retail: bool
) -> Accounting:
    """Charges of the span for everything within the scope.

    Where the Retail Prices API does not answer the catalog's prices stand, and a note says so.
    """
    entries = tuple(entries)
    past = read_history(session, scope, span, entries)
    book, note = _price_book(past, retail=retail)
    rows = charges(past.history, past.tokens, book)
    return Accounting(
        scope,
        past,
        rows,
        unknowns(rows, past.history),
        savings(entries, past.estate, book, span),
        (note,),
    )


def _price_book(past: Past, *, retail: bool) -> tuple[PriceBook, str]:
    catalog = read_catalog()
    told = f"Prices are the catalog's, collected {catalog.collected.isoformat()}."
    if not retail:
        return PriceBook(catalog), told
    regions = {account.region for account in past.estate.accounts}
    try:
        prices = read_retail_prices(regions)
    except (CloudRefused, NotReady) as error:
        return PriceBook(catalog), f"{told} Azure's did not answer: {error.message}."
    note = f"Prices are Azure's list prices of today ({len(prices)} meters), else the catalog's."
    return PriceBook(catalog, prices), note


def _said(scope: Scope) -> str:
    if scope.account:
        return f"account {scope.account}"
    return f"resource group {scope.resource_group}" if scope.resource_group else "all accounts"
