"""Lifetimes: when Azure deletes a tuned deployment by itself, and the timer that says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ftops_sandbox.arm.resource_type import Write
from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.offer import offer
from ftops_sandbox.store import Document, Share
from ftops_sandbox.world import NOTES, World

TIMER = "deployment.due"
DEVELOPER = "DeveloperTier"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def serving_since(write: Write, sku: str, *, tuned: bool) -> str:
    """Since when a deployment has served this model in this way: what its lifetime is counted from.

    A change of its capacity, or between SKUs that live alike, begins nothing new.
    """
    before, now = write.before, iso(write.now)
    if before is None:
        return now
    notes = before.body[NOTES]
    model = write.body["properties"]["model"]["name"]
    same = (
        notes["tuned"] == tuned
        and before.body["properties"]["model"]["name"].casefold() == str(model).casefold()
        and (notes["sku"] == DEVELOPER) == (sku == DEVELOPER)
    )
    return str(notes.get("since") or iso(before.created)) if same else now


def idle_after() -> timedelta:
    """For how long a tuned deployment may go without a call."""
    return timedelta(days=offer().limits["tuned_idle_days"])


def first_due(document: Document) -> datetime | None:
    """When it falls due if nobody calls it; None for what Azure leaves alone."""
    notes: dict[str, Any] = document.body[NOTES]
    since = parse_moment(notes["since"])
    if not notes["tuned"] or "Provisioned" in notes["sku"]:
        return None
    if notes["sku"] == DEVELOPER:
        return since + timedelta(hours=offer().limits["developer_deployment_hours"])
    return since + idle_after()


def put_off(document: Document, due: datetime, call: datetime | None) -> datetime:
    """When it falls due after a call; a Developer deployment's day has its end, whoever calls."""
    if call is None or document.body[NOTES]["sku"] == DEVELOPER:
        return due
    return max(due, call + idle_after())


def watch(world: World, document: Document) -> None:
    """Sets the timer of a deployment that was written, or takes it away."""
    due = first_due(document)
    if due is None:
        forget(world, document)
    else:
        set_timer(world, document, due)


def set_timer(world: World, document: Document, due: datetime) -> None:
    """The first timer to fall due is found at once, however many there are."""
    share = Share(amount=_count(due))
    body = {"due": iso(due)}
    world.store.put(
        TIMER, document.key, body, created=document.created, parent=document.parent, share=share
    )


def forget(world: World, document: Document) -> None:
    """Nothing is due any more."""
    world.store.delete(TIMER, document.key)


def find_due(world: World) -> Document | None:
    """The timer that has been due for longest by now, or None."""
    return world.store.least(TIMER, _count(world.now()))


def _count(moment: datetime) -> float:
    """Microseconds, which a float holds without loss for another two centuries."""
    return float((moment - _EPOCH) // _MICROSECOND)
