"""Meters: one row of the price list for each meter and region, as Azure spells them."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ftops_sandbox.offer import offer

_PRODUCTS = {"Azure OpenAI": "DZH318Z0HHG7", "Azure OpenAI Reasoning": "DZH318Z0TDSR"}
_SERVICE = {
    "serviceName": "Foundry Models",
    "serviceId": "DZH31600VF1F",
    "serviceFamily": "AI + Machine Learning",
}
# The price list has names of its own for regions; the two seen in real rows are certain.
_LOCATIONS = {
    "australiaeast": "AU East",
    "brazilsouth": "BR South",
    "canadacentral": "CA Central",
    "canadaeast": "CA East",
    "eastus": "US East",
    "eastus2": "US East 2",
    "francecentral": "FR Central",
    "germanywestcentral": "DE West Central",
    "italynorth": "IT North",
    "japaneast": "JA East",
    "koreacentral": "KR Central",
    "northcentralus": "US North Central",
    "norwayeast": "NO East",
    "polandcentral": "PL Central",
    "southafricanorth": "ZA North",
    "southcentralus": "US South Central",
    "southindia": "IN South",
    "southeastasia": "AP Southeast",
    "spaincentral": "ES Central",
    "swedencentral": "SE Central",
    "switzerlandnorth": "CH North",
    "switzerlandwest": "CH West",
    "uaenorth": "AE North",
    "uksouth": "UK South",
    "westeurope": "EU West",
    "westus": "US West",
    "westus3": "US West 3",
}
# Ids that real rows were seen with; the others are the sandbox's own.
_SEEN = {
    ("gpt-4.1-mini-ft hosting regional", "swedencentral"): "2cdfec7b-0e6e-5663-843d-7dba35da60ff",
    ("gpt-4.1-mini FT Training global", "northcentralus"): "56fbd1ef-fa2b-59b8-84fc-96b6756fec4c",
}


@cache
def price_list() -> tuple[Mapping[str, Any], ...]:
    """Every row, in a fixed order."""
    text = files("ftops_sandbox").joinpath("data/meters.toml").read_text(encoding="utf-8")
    meters = tomllib.loads(text)["meter"]
    return tuple(
        _row(meter, region) for meter in meters for region in meter.get("regions", offer().regions)
    )


def _row(meter: Mapping[str, Any], region: str) -> dict[str, Any]:
    sku, product = meter["sku"], meter.get("product", "Azure OpenAI")
    price = meter.get("elsewhere", {}).get(region, meter["price"])
    own = uuid.uuid5(uuid.NAMESPACE_URL, f"{sku}/{region}")
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": price,
        "unitPrice": price,
        "armRegionName": region,
        "location": _LOCATIONS[region],
        "effectiveStartDate": "2025-05-01T00:00:00Z",
        "meterId": _SEEN.get((sku, region), str(own)),
        "meterName": f"{sku} {meter['noun']}",
        "productId": _PRODUCTS[product],
        "skuId": f"{_PRODUCTS[product]}/{own.hex[:4].upper()}",
        "productName": product,
        "skuName": sku,
        **_SERVICE,
        "unitOfMeasure": meter["unit"],
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": sku,
    }
