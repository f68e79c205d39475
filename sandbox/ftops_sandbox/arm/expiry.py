"""Expiry: what has fallen due is deleted at the moment when it did, however late anyone looks."""

from __future__ import annotations

from ftops_sandbox.arm.activity_entry import Journal
from ftops_sandbox.arm.lifetime import DEVELOPER, find_due, put_off, set_timer
from ftops_sandbox.arm.path import parse_target
from ftops_sandbox.arm.removing import remove
from ftops_sandbox.arm.resource_type import resource_types
from ftops_sandbox.bearer import Caller
from ftops_sandbox.moment import parse_moment
from ftops_sandbox.store import Document
from ftops_sandbox.world import DEPLOYMENT, NOTES, World

# Nobody has shown who Azure's own log names here.
AZURE = Caller({"oid": "Microsoft.CognitiveServices"})


def is_due(world: World) -> bool:
    """Whether anything has fallen due by now; asked before every request."""
    return find_due(world) is not None


def expire(world: World) -> int:
    """Deletes what has fallen due, each at its own moment, in their order; answers how many."""
    deleted = 0
    with world.store.transaction():
        while (timer := find_due(world)) is not None:
            deleted += _meet(world, timer)
    return deleted


def _meet(world: World, timer: Document) -> bool:
    """Calls move no timer: what they put off is seen when it falls due."""
    document = world.store.get(DEPLOYMENT, timer.key)
    assert document is not None, "a timer goes with its deployment"
    due = parse_moment(timer.body["due"])
    later = put_off(document, due, world.store.last("call", document.key, due))
    if later > due:
        set_timer(world, document, later)
        return False
    _delete(world.at(due), document)
    return True


def _delete(world: World, document: Document) -> None:
    target = parse_target(document.key)
    assert target is not None, "a deployment's key is its id"
    remove(world, resource_types()[DEPLOYMENT.casefold()], document, AZURE)
    developer = document.body[NOTES]["sku"] == DEVELOPER
    reason = "the lifetime of its SKU has ended" if developer else "it was inactive for 15 days"
    told = {"statusCode": "OK", "reason": reason}
    Journal(world, target, "DELETE", AZURE).write("Succeeded", told)
