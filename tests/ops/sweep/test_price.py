"""Prices: lenient about how Azure writes a unit, strict about what is not a price."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.estate import Deployment
from ftops.price import (
    PriceBook,
    Priced,
    index_retail,
    parse_retail_price,
    plain,
    priced,
)
from ftops_catalog.catalog import read_catalog

BOOK = PriceBook(read_catalog())
Make = Callable[..., Deployment]


def item(**changes: Any) -> dict[str, Any]:
    row = {
        "currencyCode": "USD",
        "tierMinimumUnits": Decimal("0.0"),
        "retailPrice": Decimal("0.005"),
        "armRegionName": "swedencentral",
        "effectiveStartDate": "2026-04-01T00:00:00Z",
        "skuName": "gpt-4.1-mini-ft hosting regional",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
    }
    return row | changes


@pytest.mark.parametrize(
    ("unit", "amount", "per"),
    [
        ("1K", "5", "1M tokens"),
        ("1 K", "5", "1M tokens"),
        ("1M", "0.005", "1M tokens"),
        ("1 Hour", "0.005", "hour"),
        ("1Hour", "0.005", "hour"),
        ("1/Hour", "0.005", "hour"),
    ],
)
def test_units_are_read_as_azure_writes_them(unit: str, amount: str, per: str) -> None:
    found = parse_retail_price(item(unitOfMeasure=unit))

    assert found is not None
    assert (found.amount_usd, found.unit) == (Decimal(amount), per)


@pytest.mark.parametrize(
    "changes",
    [
        {"unitOfMeasure": "1/Month"},
        {"unitOfMeasure": None},
        {"currencyCode": "BRL"},
        {"type": "Reservation"},
        {"tierMinimumUnits": 1000},
        {"retailPrice": None},
        {"retailPrice": -1},
        {"retailPrice": "NaN"},
        {"retailPrice": 1e30},
    ],
)
def test_what_is_no_price_here_is_left_out(changes: dict[str, Any]) -> None:
    assert parse_retail_price(item(**changes)) is None


@given(st.dictionaries(st.sampled_from(sorted(item())), st.none() | st.text() | st.floats()))
def test_reading_a_row_never_fails(changes: dict[str, Any]) -> None:
    parse_retail_price(item(**changes))


def test_a_retail_price_stands_over_the_catalog_and_says_so() -> None:
    found = parse_retail_price(item(retailPrice=Decimal("1.9")))
    assert found is not None
    book = PriceBook(read_catalog(), index_retail([found]))
    wanted = Priced("gpt-4.1-mini", "hosting", sku="Standard", region="swedencentral")

    assert book.quote(wanted).amount_usd == Decimal("1.9")
    assert book.quote(wanted).basis == "retail 2026-04-01"
    assert BOOK.quote(wanted).amount_usd == Decimal("1.7")
    assert BOOK.quote(wanted).basis.startswith("catalog 2025-08-25")


def test_of_two_rows_on_one_meter_the_newer_one_holds() -> None:
    rows = [
        item(retailPrice=Decimal(2), effectiveStartDate="2026-05-01T00:00:00Z"),
        item(retailPrice=Decimal(1), effectiveStartDate="2025-05-01T00:00:00Z"),
    ]
    prices = [found for row in rows if (found := parse_retail_price(row))]

    assert [price.amount_usd for price in index_retail(prices).values()] == [2]
    assert index_retail(prices) == index_retail(reversed(prices))


def test_a_tuned_deployment_is_priced_by_its_root_model(make: Make) -> None:
    assert priced(make(), "hosting").model == "gpt-4.1-mini-2025-04-14"
    assert BOOK.quote(priced(make(), "hosting")).amount_usd == Decimal("1.7")


def test_a_base_version_that_the_catalog_does_not_have_is_unknown(make: Make) -> None:
    other = make(model="gpt-4o", version="2024-11-20")

    assert BOOK.quote(priced(other, "input")).amount_usd is None


def test_a_price_without_a_region_says_that_the_region_is_not_known() -> None:
    wanted = Priced("gpt-4.1-mini", "hosting", sku="Standard")

    assert "region not known" in BOOK.quote(wanted).basis


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=0, max_value=10**9))
def test_an_amount_is_written_without_exponent_and_means_the_same(amount: Decimal) -> None:
    written = f"{plain(amount)}"

    assert Decimal(written) == amount
    assert "E" not in written or amount < Decimal("0.000001")
    assert json.loads(written) >= 0
