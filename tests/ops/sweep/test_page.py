"""The page: what it says of known, idle, saved and unknown money, and that it stays harmless."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ftops.charge import charges, unknowns
from ftops.chart import bars, grain_of, render_chart, sum_parts
from ftops.estate import Account, Deployment, Estate
from ftops.history import History, Lifetime, Span
from ftops.instant import HOUR
from ftops.ledger import Entry
from ftops.page import Page, rate_usd_per_hour, render_page, usd
from ftops.price import PriceBook
from ftops.report import savings
from ftops.token_use import TokenUse
from ftops_catalog.catalog import read_catalog

START = datetime(2026, 11, 14, tzinfo=UTC)
SPAN = Span(START, START + 30 * HOUR)
BOOK = PriceBook(read_catalog())

Make = Callable[..., Deployment]


def page(*lifetimes: Lifetime, **rest: Any) -> Page:
    history = History(SPAN, lifetimes)
    rows = charges(history, rest.pop("tokens", ()), BOOK)
    shown = {"unknown": unknowns(rows, history), "savings": (), **rest}
    return Page("sub", "all accounts", SPAN, SPAN.until, rows, lifetimes, **shown)


def test_the_page_says_what_idling_cost_and_what_accrues(make: Make) -> None:
    use = TokenUse(make().account.id, "tuned", START, input=9)

    text = render_page(page(Lifetime(make(), START), tokens=[use]))

    assert "$51.00" in text  # thirty hours
    assert "$49.30" in text  # one of them was called
    assert "$1.70" in text
    assert "$40.80 per day" in text
    assert "nothing left out" in text


def test_an_unknown_price_is_said_and_not_shown_as_zero(make: Make) -> None:
    text = render_page(page(Lifetime(make(sku="DataZoneStandard"), START)))

    assert "1 unknown left out" in text
    assert "Not in the total" in text
    assert "The catalog has no price for hosting" in text


def test_names_of_azure_cannot_write_html(make: Make) -> None:
    text = render_page(page(Lifetime(make("<script>alert(1)</script>"), START)))

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_page_of_nothing_is_still_a_page() -> None:
    assert "Nothing with a known price was billed" in render_page(page())


def test_a_deletion_saves_until_it_is_restored(account: Account) -> None:
    body = {
        "name": "d",
        "sku": {"name": "Standard", "capacity": 1},
        "properties": {"model": {"name": "gpt-4.1-mini-2025-04-14.ft-" + "a" * 32}},
    }
    subject = f"{account.id}/deployments/d"
    deleted = Entry("deleted", START + 10 * HOUR, subject, body)
    restored = Entry("restored", START + 15 * HOUR, subject, body)

    (for_good,) = savings([deleted], Estate((account,)), BOOK, SPAN)
    (for_a_while,) = savings([restored, deleted], Estate((account,)), BOOK, SPAN)

    assert (for_good.usd_per_day, for_good.so_far_usd) == (Decimal("40.8"), Decimal("34.00"))
    assert (for_a_while.restored_at, for_a_while.so_far_usd) == (restored.at, Decimal("8.50"))
    unknown = Entry("deleted", START + HOUR, subject)
    assert savings([unknown], Estate(), BOOK, SPAN)[0].usd_per_day is None


def test_what_ended_a_moment_ago_accrues_no_more(make: Make) -> None:
    gone = Lifetime(make(), START, SPAN.until - timedelta(seconds=1))
    found = page(gone, Lifetime(make("other"), START))

    assert rate_usd_per_hour(found.charges, found.lifetimes) == Decimal("1.7")


def test_the_chart_is_a_picture_of_the_same_money(make: Make) -> None:
    rows = page(Lifetime(make(), START), Lifetime(make("other"), START)).charges

    pieces = bars(rows, SPAN)

    assert len(pieces) == 30
    assert sum(piece["high"] - piece["low"] for piece in pieces) == pytest.approx(102)
    ((part, total),) = sum_parts(rows)
    assert (part.name, total) == ("Hosting, idle", Decimal(102))
    assert ET.fromstring(render_chart(rows, SPAN, 350, 240)).tag.endswith("svg")  # noqa: S314 - our own SVG


def test_a_long_span_is_drawn_by_day(make: Make) -> None:
    month = Span(START - timedelta(days=30), START)
    rows = charges(History(month, (Lifetime(make(), month.since),)), (), BOOK)

    assert grain_of(month) == timedelta(days=1)
    assert len(bars(rows, month)) == 30


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "unknown"),
        (Decimal(0), "$0.00"),
        (Decimal("0.004"), "< $0.01"),
        (Decimal("1234.5"), "$1,234.50"),
    ],
)
def test_money_is_written_for_people(amount: Decimal | None, text: str) -> None:
    assert usd(amount) == text
