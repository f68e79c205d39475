"""A SKU: a way to deploy a model, its scope and how it is billed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class Sku:
    """One SKU by Azure's name; every None is something the sources do not say.

    `hosting_fee` tells whether a tuned deployment is billed by the hour; `ptu_hour_usd` is the
    price of one provisioned unit for an hour; `lifetime_hours` is after how long Azure deletes
    a deployment whatever its use.
    """

    name: str
    scope: str
    billing: str | None
    hosting_fee: bool | None
    ptu_hour_usd: Decimal | None
    lifetime_hours: int | None
    sla: bool | None
    pausable: bool | None
    origin: Origin


def parse_sku(row: Row) -> Sku:
    sku = Sku(
        name=row.required("name", str),
        scope=row.required("scope", str),
        billing=row.optional("billing", str),
        hosting_fee=row.optional("hosting_fee", bool),
        ptu_hour_usd=row.money_or_none("ptu_hour_usd"),
        lifetime_hours=row.optional("lifetime_hours", int),
        sla=row.optional("sla", bool),
        pausable=row.optional("pausable", bool),
        origin=parse_origin(row),
    )
    row.close()
    return sku
