"""How long what is declared will live: the days on which a model or its tuned ones end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ftops.estate import Unreadable
from ftops.offer import find_offer
from ftops.preflight.change import Change
from ftops.preflight.check import Check, blocked, ok, unverified
from ftops.preflight.surroundings import Surroundings
from ftops_catalog.catalog import Catalog


def lifecycle_checks(
    change: Change, around: Surroundings, catalog: Catalog, today: date
) -> Iterator[Check]:
    """The day that ends the deployment, and the day from which its base is not tuned any more."""
    deployment = change.deployment
    root = deployment.root_model
    version = None if deployment.tuned else deployment.version
    model = catalog.find_model(root, version) if root else None
    if model is None:
        reason = "no date is known for its model"
        yield unverified("lifecycle", change.subject, reason, place=change.place)
        return
    told = around.offers.get(change.account.location)
    offer = None
    if told is not None and not isinstance(told, Unreadable):
        offer = find_offer(told, model.name, model.version)
    if deployment.tuned:
        yield _end(change, "tuned deployments end", model.lifecycle.deployment_retirement, today)
        return
    retires = (
        offer.inference_until if offer and offer.inference_until else model.lifecycle.retirement
    )
    yield _end(change, "the model retires", retires, today)
    trains = offer.training_until if offer and offer.training_until else None
    trains = trains or model.lifecycle.training_retirement
    if trains and trains <= today:
        reason = f"{model.name} has not been tunable since {trains}"
        yield Check("lifecycle", change.subject, "ok", reason, place=change.place)


def _end(change: Change, what: str, day: date | None, today: date) -> Check:
    if day is None:
        reason = f"nobody has said when {what}"
        return unverified("lifecycle", change.subject, reason, place=change.place)
    if day <= today:
        hint = "choose a newer model: ftops catalog models"
        return blocked("lifecycle", change.subject, f"{what}: {day} is past", hint, change.place)
    days = (day - today).days
    return ok("lifecycle", change.subject, f"{what} on {day}, in {days} days", change.place)
