"""Reads list prices off the Retail Prices API, which answers anyone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ftops.azure.session import refusals
from ftops.price import RetailPrice, index_retail, parse_retail_price
from ftops_catalog.errors import CloudRefused

if TYPE_CHECKING:
    import httpx

URL = "https://prices.azure.com/api/retail/prices"
API_VERSION = "2023-01-01-preview"
PAGES_MAX = 50
TRIES_MAX = 4
WAIT_SECONDS_MAX = 20
TIMEOUT_SECONDS = 10
THROTTLED = 429


def read_retail_prices(regions: Iterable[str]) -> dict[tuple[str, str], RetailPrice]:
    """The Azure OpenAI meters of the regions, by meter and region.

    Raises NotReady where the service does not answer and CloudRefused where it refuses; the
    catalog's prices stand in both cases.
    """
    import httpx

    found: list[RetailPrice] = []
    with (
        refusals("reading the Retail Prices API"),
        httpx.Client(timeout=TIMEOUT_SECONDS) as client,
    ):
        for region in sorted({region for region in regions if region}):
            for item in _read_region(client, region):
                price = parse_retail_price(item)
                if price is not None:
                    found.append(price)
    return index_retail(found)


def _read_region(client: httpx.Client, region: str) -> list[dict[str, Any]]:
    """Every page of one region; the filter's values are case-sensitive, in Azure's own case."""
    wanted = f"armRegionName eq '{region}' and contains(productName, 'OpenAI')"
    answer = _get(client, URL, {"api-version": API_VERSION, "$filter": wanted})
    items: list[dict[str, Any]] = list(answer.get("Items") or [])
    for _ in range(PAGES_MAX):
        page = answer.get("NextPageLink")
        if not page:
            return items
        answer = _get(client, page, None)
        items += answer.get("Items") or []
    raise CloudRefused(f"the Retail Prices API does not come to an end for {region}")


def _get(client: httpx.Client, url: str, query: dict[str, str] | None) -> dict[str, Any]:
    from tenacity import Retrying, retry_if_result, stop_after_attempt

    def wait(state: Any) -> float:
        told = str(state.outcome.result().headers.get("retry-after", ""))
        seconds = int(told) if told.isdigit() else 2 ** (state.attempt_number - 1)
        return float(min(seconds, WAIT_SECONDS_MAX))

    patience = Retrying(
        retry=retry_if_result(lambda answer: answer.status_code == THROTTLED),
        stop=stop_after_attempt(TRIES_MAX),
        wait=wait,
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    answer: httpx.Response = patience(client.get, url, params=query)
    if not answer.is_success:
        raise CloudRefused(f"the Retail Prices API answered HTTP {answer.status_code}")
    try:
        body = json.loads(answer.text, parse_float=Decimal)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise CloudRefused("the Retail Prices API answered something that is not its JSON")
    return body
