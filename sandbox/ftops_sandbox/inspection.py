"""A dump of all state in a stable order, for tests and for whoever wonders."""

from __future__ import annotations

from typing import Any

from ftops_sandbox.moment import iso
from ftops_sandbox.world import World

# What signs tokens is nobody's business, a test's included.
_SECRET = "sandbox.secret"  # noqa: S105 -- the name of a kind


def dump(world: World, kind: str | None = None, *, events: bool = True) -> dict[str, Any]:
    """Documents by kind and key, events by time, blobs by key with their sizes.

    `kind` narrows documents and events to those whose kind holds it, in any letter case.
    """

    def wanted(name: str) -> bool:
        return name != _SECRET and (kind is None or kind.casefold() in name.casefold())

    store = world.store
    documents = {
        name: [
            {"id": found.key, "parent": found.parent, "created": iso(found.created)}
            | {"body": found.body}
            for found in store.list(name)
        ]
        for name in store.kinds()
        if wanted(name)
    }
    happened = [
        {"seq": e.seq, "time": iso(e.time), "kind": e.kind, "subject": e.subject, "body": e.body}
        for e in (store.select() if events else ())
        if wanted(e.kind)
    ]
    return {
        "now": iso(world.now()),
        "speed": world.clock.speed,
        "documents": documents,
        "events": happened,
        "blobs": [{"key": key, "bytes": size} for key, size in store.blobs() if kind is None],
        "faults": world.faults.show(),
    }
