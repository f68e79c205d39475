"""List prices: what a meter costs, per model, kind of charge, scope and region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin

CHARGES = ("training", "hosting", "input", "cached_input", "output")
SCOPES = ("regional", "global", "developer")
UNITS = ("hour", "1M tokens")


@dataclass(frozen=True)
class Price:
    """A list price in USD per `unit`; `meter` is the retail meter's SKU name, None if not known.

    `region` is None for a price that holds in every region its scope reaches.
    """

    model: str
    charge_type: str
    scope: str
    region: str | None
    amount_usd: Decimal
    unit: str
    meter: str | None
    origin: Origin

    @property
    def status(self) -> str:
        return self.origin.status

    @property
    def source(self) -> str:
        return self.origin.source

    @property
    def as_of(self) -> date:
        return self.origin.as_of


@dataclass(frozen=True)
class Surcharge:
    """A factor on all prices of some models in one region, where no row of its own is known."""

    region: str
    models: tuple[str, ...]
    factor: Decimal
    origin: Origin


@dataclass(frozen=True)
class PriceList:
    """All known prices; what is not in it is unknown, and never free.

    `regional_home` are the regions in which a regional row without a region of its own holds;
    anywhere else a regional price needs a row or a surcharge of that region.
    """

    prices: Mapping[tuple[str, str, str, str | None], Price]
    surcharges: tuple[Surcharge, ...]
    regional_home: tuple[str, ...]

    def find(self, model: str, charge: str, scope: str, region: str | None) -> Price | None:
        """The price of a model's charge in a region (None: the home of regional prices)."""
        own = self.prices.get((model, charge, scope, region))
        if own is not None or region is None:
            return own
        listed = self.prices.get((model, charge, scope, None))
        if listed is None:
            return None
        for surcharge in self.surcharges:
            if surcharge.region == region and model in surcharge.models:
                return surcharged(listed, surcharge)
        return listed if scope != "regional" or region in self.regional_home else None


def surcharged(price: Price, surcharge: Surcharge) -> Price:
    """The same price with the region's factor: arithmetic, so its status is derived."""
    amount = price.amount_usd * surcharge.factor
    origin = Origin("derived", surcharge.origin.sources, surcharge.origin.as_of)
    return replace(price, region=surcharge.region, amount_usd=amount, meter=None, origin=origin)


def parse_price_list(file: Row) -> PriceList:
    prices = [price for row in file.rows("block") for price in parse_block(row)]
    surcharges = tuple(parse_surcharge(row) for row in file.rows("surcharge"))
    home = file.texts("regional_home")
    file.close()
    return PriceList(price_index(prices, file), surcharges, home)


def price_index(
    prices: Sequence[Price], file: Row
) -> Mapping[tuple[str, str, str, str | None], Price]:
    """The prices by what identifies one; a second price for the same thing is refused."""
    index: dict[tuple[str, str, str, str | None], Price] = {}
    for price in prices:
        key = (price.model, price.charge_type, price.scope, price.region)
        if key in index:
            raise file.wrong(f"two prices for {' '.join(word for word in key if word)}")
        index[key] = price
    return index


def parse_block(row: Row) -> list[Price]:
    """A block is one model's prices of one origin."""
    model = row.required("model", str)
    origin = parse_origin(row)
    prices = [parse_price(line, model, origin) for line in row.rows("prices")]
    row.close()
    return prices


def parse_price(row: Row, model: str, origin: Origin) -> Price:
    price = Price(
        model=model,
        charge_type=row.word("charge", CHARGES),
        scope=row.word("scope", SCOPES),
        region=row.optional("region", str),
        amount_usd=row.money("usd"),
        unit=row.word("per", UNITS),
        meter=row.optional("meter", str),
        origin=origin,
    )
    row.close()
    return price


def parse_surcharge(row: Row) -> Surcharge:
    surcharge = Surcharge(
        region=row.required("region", str),
        models=row.texts("models"),
        factor=row.money("factor"),
        origin=parse_origin(row),
    )
    row.close()
    return surcharge
