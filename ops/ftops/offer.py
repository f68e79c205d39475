"""What Azure offers in a region: a model's SKUs, whether it can be tuned there, until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ftops.estate import text_at, value_at


@dataclass(frozen=True)
class Offer:
    """One model version in one region, as the models API tells of it.

    `pools` has the quota pool of each SKU that serves the base model, by the SKU's name in lower
    case. `tunable` None is an answer that does not say; so is a date that is None.
    """

    name: str
    version: str
    pools: Mapping[str, str]
    tunable: bool | None
    training_until: date | None
    inference_until: date | None


def parse_offer(body: Mapping[str, Any]) -> Offer:
    """One item of a models answer, whatever it holds."""
    skus = value_at(body, "model", "skus")
    entries = [sku for sku in skus if isinstance(sku, Mapping)] if isinstance(skus, list) else []
    return Offer(
        name=text_at(body, "model", "name"),
        version=text_at(body, "model", "version"),
        pools={text_at(sku, "name").casefold(): text_at(sku, "usageName") for sku in entries},
        tunable=_flag(value_at(body, "model", "capabilities", "fineTune")),
        training_until=_day(text_at(body, "model", "deprecation", "fineTune")),
        inference_until=_day(text_at(body, "model", "deprecation", "inference")),
    )


def find_offer(offers: Iterable[Offer], name: str, version: str | None) -> Offer | None:
    """The offer of a model and version in any letter case; a version of None takes the only one."""
    found = [
        offer
        for offer in offers
        if offer.name.casefold() == name.casefold() and version in {None, offer.version}
    ]
    return found[0] if len(found) == 1 else None


def _flag(value: object) -> bool | None:
    """Azure writes "true" and true, and leaves out what it has no word on."""
    return {"true": True, "false": False}.get(str(value).casefold())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
