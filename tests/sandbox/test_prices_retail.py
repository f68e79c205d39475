"""Retail prices: public, filtered and paged as Azure's are, with names as irregular."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.azure.target import Target

PATH = "/api/retail/prices"
VERSION = "2023-01-01-preview"
UNITS = {"1K", "1 Hour", "1Hour", "1/Hour"}
FIELDS = {
    "currencyCode",
    "tierMinimumUnits",
    "retailPrice",
    "unitPrice",
    "armRegionName",
    "location",
    "effectiveStartDate",
    "meterId",
    "meterName",
    "productId",
    "skuId",
    "productName",
    "skuName",
    "serviceName",
    "serviceId",
    "serviceFamily",
    "unitOfMeasure",
    "type",
    "isPrimaryMeterRegion",
    "armSkuName",
}

Row = dict[str, Any]


@pytest.fixture
def prices(signed_in: Target) -> Iterator[httpx.Client]:
    """A client of the public address, without any sign-in."""
    assert signed_in.run
    with httpx.Client(
        base_url="https://prices.azure.com", verify=ssl.create_default_context(), timeout=60
    ) as client:
        yield client


def _all(prices: httpx.Client, text: str = "", version: str = VERSION) -> list[Row]:
    """Every row of a filter, page by page to the end."""
    rows: list[Row] = []
    answer = prices.get(PATH, params={"api-version": version, "$filter": text})
    while True:
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page["Count"] == len(page["Items"]) <= 1000
        rows += page["Items"]
        if page["NextPageLink"] is None:
            return rows
        assert page["NextPageLink"].startswith("https://prices.azure.com:443/api/retail/prices?")
        answer = prices.get(page["NextPageLink"])


@pytest.mark.proves(
    "GET retailPrices", client="httpx", differs="meters of fine-tuning alone, as published in 2026"
)
def test_the_whole_list_takes_more_than_one_page(prices: httpx.Client) -> None:
    rows = _all(prices)

    assert len(rows) > 1000
    assert len({row["meterId"] for row in rows}) == len(rows)
    assert all(row.keys() == FIELDS for row in rows)
    assert {row["unitOfMeasure"] for row in rows} == UNITS
    assert all(row["retailPrice"] == row["unitPrice"] > 0 for row in rows)


@pytest.mark.parametrize(
    ("sku", "region", "price", "unit", "name"),
    [
        ("gpt-4.1-mini-ft hosting regional", "swedencentral", 1.7, "1 Hour", " Unit"),
        ("gpt-4.1-mini FT Training global", "northcentralus", 0.005, "1K", " Tokens"),
        ("o4-mini RFT Training regional", "swedencentral", 121.0, "1 Hour", " Unit"),
        ("gpt-4o-0806-FT-Hstng-regnl", "southeastasia", 2.04, "1 Hour", " Unit"),
        ("gpt-4.1 FT Training regional", "swedencentral", 0.03025, "1K", " Tokens"),
        ("gpt 4.1 nano dev ft training glbl", "eastus2", 0.00075, "1K", " Tokens"),
        ("gpt-4.1-mini-ft cached input regnl", "northcentralus", 0.00011, "1K", " Tokens"),
        ("gpt-4o-mini-0718-FT-Outp-glbl", "westus3", 0.0006, "1K", " Tokens"),
    ],
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_published_price_is_found_under_its_own_name(
    sku: str, region: str, price: float, unit: str, name: str, prices: httpx.Client
) -> None:
    rows = _all(prices, f"skuName eq '{sku}' and armRegionName eq '{region}'")

    assert [(r["retailPrice"], r["unitOfMeasure"], r["meterName"]) for r in rows] == [
        (price, unit, sku + name)
    ]


@pytest.mark.proves("GET retailPrices", client="httpx")
@pytest.mark.on_azure(cost_max_usd="0")
def test_filters_are_read_as_azure_reads_them(prices: httpx.Client) -> None:
    found = _all(prices, "contains(skuName, '4.1') and armRegionName eq 'eastus2'")
    either = _all(prices, "skuName eq 'nothing' or startswith(meterName, 'o4-mini')")
    both = _all(
        prices, "(armRegionName eq 'eastus2' or armRegionName eq 'westus') and retailPrice gt 90"
    )

    assert found
    assert all("4.1" in r["skuName"] and r["armRegionName"] == "eastus2" for r in found)
    assert {r["productName"] for r in either} == {"Azure OpenAI Reasoning"}
    assert {r["armRegionName"] for r in both} == {"eastus2", "westus"}


@pytest.mark.on_azure(cost_max_usd="0")
def test_letter_case_counts_from_2023_on(prices: httpx.Client) -> None:
    text = "skuName eq 'GPT-4.1-MINI-FT HOSTING GLOBAL' and armRegionName eq 'eastus2'"

    assert _all(prices, text) == []
    assert len(_all(prices, text, version="2021-10-01-preview")) == 1


def test_a_tier_without_a_published_price_has_no_row(prices: httpx.Client) -> None:
    assert _all(prices, "contains(skuName, 'gpt-5')") == []
    assert _all(prices, "contains(skuName, 'dev-ft') and contains(skuName, 'hosting')") == []


@pytest.mark.parametrize(
    "text", ["colour eq 'red'", "skuName eq", "skuName like 'x'", "retailPrice eq 'x'", "((", "'a'"]
)
@pytest.mark.on_azure(cost_max_usd="0")
def test_a_filter_that_cannot_be_read_is_refused(text: str, prices: httpx.Client) -> None:
    answer = prices.get(PATH, params={"api-version": VERSION, "$filter": text})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "BadRequest"
