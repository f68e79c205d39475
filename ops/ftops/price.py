"""Prices: what a unit costs, each with the basis it stands on; an unknown price is never zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from ftops.estate import Deployment, text_at, value_at
from ftops_catalog.catalog import Catalog
from ftops_catalog.price import Price
from ftops_catalog.sku import Sku

TOKENS = "1M tokens"
HOURS = "hour"
PTU_HOUR = "ptu_hour"
USD_MAX = 1_000_000
"""What costs more than this per unit is a mistake in the answer, and no price."""
DIGITS = 6
"""Decimals of a price and of a quantity: their product is exact in the twelve of a cost."""

RETAIL_UNITS: Mapping[str, tuple[str, int]] = {
    "1k": (TOKENS, 1000),
    "1m": (TOKENS, 1),
    "1hour": (HOURS, 1),
    "1/hour": (HOURS, 1),
}


@dataclass(frozen=True)
class Quote:
    """USD per `unit` and where that comes from; `amount_usd` None is a price nobody knows."""

    amount_usd: Decimal | None
    unit: str
    basis: str


@dataclass(frozen=True)
class RetailPrice:
    """One meter of the Retail Prices API in the catalog's units; `since` is its start day."""

    meter: str
    region: str
    amount_usd: Decimal
    unit: str
    since: str


@dataclass(frozen=True)
class Priced:
    """What is asked a price for: a deployment's or a job's model, way of billing and region.

    `version` None takes the model's only version; a tuned model's own is always "1" and no help.
    """

    model: str | None
    charge_type: str
    version: str | None = None
    sku: str = ""
    training_type: str = ""
    region: str = ""
    capacity: int | None = None


@dataclass(frozen=True)
class PriceBook:
    """The catalog's prices, and over them what the Retail Prices API said of the same meters."""

    catalog: Catalog
    retail: Mapping[tuple[str, str], RetailPrice] = field(default_factory=dict)
    _asked: dict[Priced, Quote] = field(default_factory=dict, repr=False, compare=False)

    def quote(self, wanted: Priced) -> Quote:
        """The price, or an amount of None with a basis that says what is not known.

        A report asks the same few prices for every hour of a month, so answers are kept.
        """
        if wanted not in self._asked:
            self._asked[wanted] = self._find(wanted)
        return self._asked[wanted]

    def _find(self, wanted: Priced) -> Quote:
        unit = HOURS if wanted.charge_type == "hosting" else TOKENS
        if wanted.charge_type == "training":
            return self._training(wanted)
        model = self.catalog.find_model(wanted.model, wanted.version) if wanted.model else None
        if not wanted.sku:
            return Quote(None, unit, "unknown: nothing tells its model and SKU any more")
        sku = self.catalog.find_sku(wanted.sku)
        if sku is None:
            return Quote(None, unit, f"unknown: the catalog has no SKU {wanted.sku}")
        if sku.billing == PTU_HOUR:
            return _provisioned(wanted, sku, unit)
        if model is None:
            return _no_model(wanted.model, unit)
        price = self.catalog.price(
            model, wanted.charge_type, sku=sku.name, region=wanted.region or None
        )
        return self._refreshed(price, wanted, unit)

    def _training(self, wanted: Priced) -> Quote:
        model = self.catalog.find_model(wanted.model) if wanted.model else None
        if model is None:
            return _no_model(wanted.model, TOKENS)
        price = self.catalog.price(
            model,
            "training",
            training_type=wanted.training_type or "standard",
            region=wanted.region or None,
        )
        return self._refreshed(price, wanted, TOKENS)

    def _refreshed(self, price: Price | None, wanted: Priced, unit: str) -> Quote:
        if price is None:
            where = wanted.sku or wanted.training_type or "standard"
            told = f"{wanted.charge_type} of {wanted.model}, {where}, in {wanted.region or '?'}"
            return Quote(None, unit, f"unknown: the catalog has no price for {told}")
        retail = self.retail.get(((price.meter or "").casefold(), wanted.region.casefold()))
        if retail is not None and retail.unit == price.unit:
            return Quote(_exact(retail.amount_usd), retail.unit, f"retail {retail.since}")
        basis = f"catalog {price.as_of.isoformat()} {price.source} ({price.status})"
        if not wanted.region:
            basis += ", region not known"
        return Quote(_exact(price.amount_usd), price.unit, basis)


def priced(deployment: Deployment, charge_type: str) -> Priced:
    """A deployment's kind of charge, to ask a price for."""
    return Priced(
        deployment.base_model,
        charge_type,
        version=None if deployment.tuned else deployment.version or None,
        sku=deployment.sku,
        region=deployment.account.region,
        capacity=deployment.capacity,
    )


def is_hosted(deployment: Deployment, book: PriceBook) -> bool:
    """Whether standing there can cost: tuned models do, and provisioned units of any model.

    A deployment of which nothing is known any more may have been a tuned one.
    """
    sku = book.catalog.find_sku(deployment.sku)
    provisioned = sku is not None and sku.ptu_hour_usd is not None
    return deployment.tuned or provisioned or not deployment.model


def parse_retail_price(item: Mapping[str, Any]) -> RetailPrice | None:
    """One row of the Retail Prices API; None for a unit, tier or currency that is not a price here.

    Amounts are read from text, so that no binary float touches money.
    """
    unit = RETAIL_UNITS.get(text_at(item, "unitOfMeasure").replace(" ", "").casefold())
    try:
        amount = Decimal(str(value_at(item, "retailPrice")))
        tier = Decimal(str(value_at(item, "tierMinimumUnits") or 0))
    except InvalidOperation:
        return None
    usable = amount.is_finite() and 0 <= amount < USD_MAX and tier == 0
    if unit is None or not usable or text_at(item, "currencyCode").upper() != "USD":
        return None
    if text_at(item, "type").casefold() != "consumption":
        return None
    return RetailPrice(
        meter=text_at(item, "skuName"),
        region=text_at(item, "armRegionName").casefold(),
        amount_usd=amount * unit[1],
        unit=unit[0],
        since=text_at(item, "effectiveStartDate")[:10],
    )


def index_retail(prices: Iterable[RetailPrice]) -> dict[tuple[str, str], RetailPrice]:
    """By meter and region; of two rows on one meter the one that began last holds."""
    ordered = sorted(prices, key=lambda price: price.since)
    return {(price.meter.casefold(), price.region): price for price in ordered}


def _provisioned(wanted: Priced, sku: Sku, unit: str) -> Quote:
    if wanted.charge_type != "hosting":
        return Quote(Decimal(0), unit, "billed by provisioned unit and hour, not by token")
    if sku.ptu_hour_usd is None or wanted.capacity is None:
        return Quote(None, unit, f"unknown: no price per unit and hour of {sku.name}")
    basis = f"catalog {sku.origin.as_of.isoformat()} {sku.origin.source} ({sku.origin.status})"
    amount = sku.ptu_hour_usd * wanted.capacity
    return Quote(_exact(amount), unit, f"{basis}, {wanted.capacity} provisioned units")


def _no_model(model: str | None, unit: str) -> Quote:
    told = f"the catalog has no model {model}" if model else "its base model is not known"
    return Quote(None, unit, f"unknown: {told}")


def _exact(amount: Decimal) -> Decimal:
    """A price in six decimals; list prices have fewer, so nothing is rounded in practice."""
    return plain(round(amount, DIGITS))


def plain(amount: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent: 1.70 is 1.7, and 1E+1 is 10."""
    short = amount.normalize()
    _, _, exponent = short.as_tuple()
    return Decimal(int(short)) if isinstance(exponent, int) and exponent > 0 else short
