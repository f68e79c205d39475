"""DELETE: the resource and all that is nested in it, innermost first."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from starlette.responses import Response

from ftops_sandbox.arm.activity_entry import Journal
from ftops_sandbox.arm.locate import require_parent, require_resource, require_scope
from ftops_sandbox.arm.lock import require_unlocked
from ftops_sandbox.arm.operation import begin
from ftops_sandbox.arm.path import GROUP_TYPE
from ftops_sandbox.arm.resource_type import ResourceType, resource_types
from ftops_sandbox.arm.writing import Order, match_etag, place_of, require_quiet
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.store import Document
from ftops_sandbox.world import World


async def delete(order: Order) -> Response:
    """200 at once, 202 where it takes time, 204 where there was nothing."""
    journal = Journal(order.world, order.target, "DELETE", order.admission.caller)
    try:
        return _delete(order, journal)
    except ArmError as error:
        journal.failed(error.status, error.body())
        raise


def remove(world: World, kind: ResourceType, document: Document, caller: Caller) -> None:
    """Takes a document and everything nested in it away, telling each type's record."""
    for inner in _nested(kind.name):
        for child in world.store.list(inner.name, document.key):
            remove(world, inner, child, caller)
    world.store.delete(kind.name, document.key)
    kind.removed(world, document, caller)


@cache
def _nested(name: str) -> tuple[ResourceType, ...]:
    """The types that one of this name may hold; a long jump of the clock removes thousands."""
    known = resource_types()
    return tuple(inner for inner in known.values() if _may_hold(known[name.casefold()], inner))


def _may_hold(kind: ResourceType, inner: ResourceType) -> bool:
    if inner.parent_name is not None:
        return inner.parent_name.casefold() == kind.name.casefold()
    return inner.scope == "any" or (inner.scope == "group" and kind.name == GROUP_TYPE)


def _delete(order: Order, journal: Journal) -> Response:
    world, kind = order.world, order.kind
    require_scope(world, order.target)
    require_parent(world, order.target, "delete")
    document = world.store.get(kind.name, order.target.id)
    if document is None:
        if kind.name == GROUP_TYPE:
            require_resource(world, order.target)
        return Response(status_code=204)
    place = place_of(world, order.target)
    finishes = world.now() + timedelta(seconds=kind.delete_s)
    with world.store.transaction():
        require_unlocked(world, order.target.id, "delete")
        match_etag(order.request, document)
        require_quiet(world, order.target)
        remove(world, kind, document, order.admission.caller)
        status = 202 if kind.delete_s else 200
        journal.ended(status, None, finishes)
    if not kind.delete_s:
        return Response(status_code=200)
    headers = begin(order.request, kind.namespace, place, "Deleting", finishes)
    return Response(status_code=202, headers=headers)
