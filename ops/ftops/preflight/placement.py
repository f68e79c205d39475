"""Where a model could be deployed: regions and SKUs, ranked by what is free, price or residency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from ftops.estate import Unreadable
from ftops.offer import Offer, find_offer
from ftops.preflight.check import State
from ftops.price import PriceBook, Priced
from ftops.quota import TUNED_SUFFIX, Pool
from ftops_catalog.model import Model
from ftops_catalog.sku import Sku

Residency = Literal["region", "data zone", "anywhere"]
RESIDENCIES: tuple[Residency, ...] = ("region", "data zone", "anywhere")
STATES: tuple[State, ...] = ("ok", "UNVERIFIED", "blocked")
ENDLESS = Decimal("Infinity")


@dataclass(frozen=True)
class Wish:
    """What is to be placed: `capacity` in units of the SKU; `tuned` draws from other pools."""

    model: Model
    capacity: int
    tuned: bool
    sku: str | None = None


@dataclass(frozen=True)
class Placement:
    """One region and SKU; amounts in USD, None where nobody knows. Tokens are per million."""

    region: str
    sku: str
    residency: Residency
    state: State
    reason: str
    pool: str
    free: Decimal | None
    limit: Decimal | None
    hosting_usd_per_hour: Decimal | None
    input_usd: Decimal | None


def placements(
    wish: Wish,
    offers: Mapping[str, tuple[Offer, ...] | Unreadable],
    pools: Mapping[str, tuple[Pool, ...] | Unreadable],
    book: PriceBook,
) -> list[Placement]:
    """Every region and SKU that was asked about, in no order yet."""
    found: list[Placement] = []
    for region, told in offers.items():
        skus = [sku for sku in book.catalog.skus if _may(sku, wish)]
        found += _in_region(wish, region, skus, told, pools.get(region), book)
    return found


def rank(found: Iterable[Placement], by: str) -> list[Placement]:
    """What suffices first, then by `residency`, `price` or `free`, the others breaking ties."""
    keys: dict[str, Callable[[Placement], Any]] = {
        "residency": lambda each: RESIDENCIES.index(each.residency),
        "price": lambda each: (_cost(each.hosting_usd_per_hour), _cost(each.input_usd)),
        "free": lambda each: -(each.free if each.free is not None else Decimal(-1)),
    }
    order = [keys[by], *(key for name, key in keys.items() if name != by)]
    return sorted(
        found,
        key=lambda each: (
            STATES.index(each.state),
            *(key(each) for key in order),
            each.region,
            each.sku,
        ),
    )


def _may(sku: Sku, wish: Wish) -> bool:
    """SKUs that hold a deployment; batch ones take files, and Developer takes tuned models."""
    if wish.sku:
        return sku.name.casefold() == wish.sku.casefold()
    return "batch" not in sku.name.casefold() and (wish.tuned or sku.name != "DeveloperTier")


def _in_region(
    wish: Wish,
    region: str,
    skus: Iterable[Sku],
    told: tuple[Offer, ...] | Unreadable,
    pools: tuple[Pool, ...] | Unreadable | None,
    book: PriceBook,
) -> Iterator[Placement]:
    for sku in skus:
        pool_name = _pool_name(wish, sku, told, book)
        offered = _offered(wish, region, sku, told)
        if offered is False:
            continue
        pool = None
        if pools is not None and not isinstance(pools, Unreadable):
            pool = next((p for p in pools if p.name.casefold() == pool_name.casefold()), None)
        state, reason = _verdict(wish, offered=offered, pool=pool, told=told, pools=pools)
        yield Placement(
            region=region,
            sku=sku.name,
            residency=residency(sku),
            state=state,
            reason=reason,
            pool=pool_name,
            free=pool.free if pool else None,
            limit=pool.limit if pool else None,
            hosting_usd_per_hour=_hosting(wish, region, sku, book),
            input_usd=_price(wish, "input", region, sku, book),
        )


def residency(sku: Sku) -> Residency:
    """Where prompts may be processed; data at rest stays in the account's geography."""
    if "data_zone" in sku.scope:
        return "data zone"
    return "anywhere" if sku.scope == "global" else "region"


def _pool_name(wish: Wish, sku: Sku, told: tuple[Offer, ...] | Unreadable, book: PriceBook) -> str:
    if not isinstance(told, Unreadable):
        offer = find_offer(told, wish.model.name, wish.model.version)
        name = offer.pools.get(sku.name.casefold()) if offer else None
        if name:
            return f"{name}{TUNED_SUFFIX}" if wish.tuned else name
    return book.catalog.usage_name(wish.model, sku.name, tuned=wish.tuned).value


def _offered(
    wish: Wish, region: str, sku: Sku, told: tuple[Offer, ...] | Unreadable
) -> bool | None:
    """Whether the region offers it by the SKU: Azure's word, the catalog's for tuned models."""
    if isinstance(told, Unreadable):
        return wish.model.supports_deployment(sku.name, region, tuned=wish.tuned)
    offer = find_offer(told, wish.model.name, wish.model.version)
    if offer is None:
        return False
    if wish.tuned:
        serves = wish.model.supports_deployment(sku.name, region, tuned=True)
        return False if offer.tunable is False else serves
    return sku.name.casefold() in offer.pools


def _verdict(
    wish: Wish,
    *,
    offered: bool | None,
    pool: Pool | None,
    told: object,
    pools: object,
) -> tuple[State, str]:
    for silent in (told, pools):
        if isinstance(silent, Unreadable):
            return "UNVERIFIED", silent.reason
    if offered is None:
        return "UNVERIFIED", "nothing tells whether it is offered"
    if pool is None or pool.free is None:
        return "UNVERIFIED", "Azure tells nothing about this pool"
    if pool.free < wish.capacity:
        return "blocked", f"{pool.free} of {pool.limit} free"
    return "ok", f"{pool.free} of {pool.limit} free"


def _hosting(wish: Wish, region: str, sku: Sku, book: PriceBook) -> Decimal | None:
    """A base model costs by the hour only where units are provisioned."""
    if not wish.tuned and sku.billing != "ptu_hour":
        return Decimal(0)
    return _price(wish, "hosting", region, sku, book)


def _price(wish: Wish, charge: str, region: str, sku: Sku, book: PriceBook) -> Decimal | None:
    asked = Priced(
        wish.model.name,
        charge,
        version=wish.model.version,
        sku=sku.name,
        region=region,
        capacity=wish.capacity,
    )
    return book.quote(asked).amount_usd


def _cost(amount: Decimal | None) -> Decimal:
    """A price that nobody knows comes after all that are known."""
    return ENDLESS if amount is None else amount
