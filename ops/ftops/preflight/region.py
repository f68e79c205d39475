"""Whether each account's region offers what is declared there: model, SKU, training."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ftops.estate import Unreadable
from ftops.offer import Offer, find_offer
from ftops.preflight.change import Change
from ftops.preflight.check import Check, blocked, ok, unverified
from ftops.preflight.surroundings import Surroundings
from ftops_catalog.catalog import Catalog
from ftops_catalog.model import Model

ELSEWHERE = "ftops quota plan --model {model} --capacity {capacity} ranks the regions"


def region_checks(change: Change, around: Surroundings, catalog: Catalog) -> Iterator[Check]:
    """The models API's word on one deployment; the catalog's where Azure does not tell."""
    deployment, region = change.deployment, change.account.location
    root = deployment.root_model
    model = (
        catalog.find_model(root, None if deployment.tuned else deployment.version) if root else None
    )
    if root is None:
        reason = "a checkpoint's id does not tell its base model"
        yield unverified("model", change.subject, reason, "state baseModel", change.place)
        return
    name, version = (model.name, model.version) if model else (root, deployment.version or None)
    told = around.offers.get(region, Unreadable(region, "Azure was not asked"))
    if isinstance(told, Unreadable):
        yield _by_catalog(change, model, catalog.collected, told.reason)
        return
    offer = find_offer(told, name, version)
    hint = ELSEWHERE.format(model=name, capacity=deployment.capacity)
    if offer is None:
        reason = f"{region} does not list {name} {version or ''}".rstrip()
        yield blocked("model", change.subject, reason, hint, change.place)
        return
    yield _sku(change, offer, model, hint)
    yield _training(change, offer, hint)


def _sku(change: Change, offer: Offer, model: Model | None, hint: str) -> Check:
    sku, region = change.deployment.sku, change.account.location
    if change.deployment.tuned:
        serves = model.supports_deployment(sku, region, tuned=True) if model else None
        if serves is False:
            reason = f"{region} does not serve tuned {offer.name} by {sku}"
            return blocked("model", change.subject, reason, hint, change.place)
        if serves is None:
            reason = f"nothing tells whether {region} serves tuned {offer.name} by {sku}"
            return unverified("model", change.subject, reason, place=change.place)
        reason = f"{region} serves tuned {offer.name} by {sku}, by the catalog"
        return ok("model", change.subject, reason, change.place)
    if sku.casefold() not in offer.pools:
        reason = f"{region} does not offer {offer.name} {offer.version} by {sku}"
        return blocked("model", change.subject, reason, hint, change.place)
    reason = f"{region} offers {offer.name} {offer.version} by {sku}"
    return ok("model", change.subject, reason, change.place)


def _training(change: Change, offer: Offer, hint: str) -> Check:
    """A tuned model is only served where its base can be tuned; a base may be there to serve."""
    region, topic = change.account.location, "training"
    if offer.tunable is None:
        reason = f"{region} does not tell whether {offer.name} can be tuned there"
        return unverified(topic, change.subject, reason, place=change.place)
    if offer.tunable:
        reason = f"{offer.name} can be tuned in {region}"
        return ok(topic, change.subject, reason, change.place)
    if change.deployment.tuned:
        reason = f"{offer.name} cannot be tuned in {region}, so no tuned one is served there"
        return blocked(topic, change.subject, reason, hint, change.place)
    reason = f"{offer.name} is only served in {region}: it cannot be tuned there"
    return ok(topic, change.subject, reason, change.place)


def _by_catalog(change: Change, model: Model | None, day: date, why: str) -> Check:
    deployment, region = change.deployment, change.account.location
    serves = None
    if model is not None:
        serves = model.supports_deployment(deployment.sku, region, tuned=deployment.tuned)
    if serves is False:
        reason = f"the catalog of {day} says that {region} does not offer it by {deployment.sku}"
        return blocked("model", change.subject, reason, "ftops catalog models", change.place)
    says = "it does" if serves else "nothing of it"
    reason = f"{why}; the catalog of {day} says {says}"
    return unverified("model", change.subject, reason, "ftops doctor", change.place)
