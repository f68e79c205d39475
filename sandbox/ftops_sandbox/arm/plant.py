"""Resources that another resource's write brings along, such as the subnets of a network."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ftops_sandbox.arm.render import stamp
from ftops_sandbox.bearer import Caller
from ftops_sandbox.moment import iso
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World


def plant(
    world: World, kind: str, key: str, parent: str, body: Mapping[str, Any], caller: Caller
) -> Document:
    """Writes or replaces a document as if a PUT of its own had."""
    before, now = world.store.get(kind, key), world.now()
    notes = {
        **(before.body[NOTES] if before else {}),
        "etag": f'"{uuid.uuid4()}"',
        "system": stamp(world, caller, before),
        "settles": iso(now),
    }
    created = before.created if before else now
    return world.store.put(kind, key, {**body, NOTES: notes}, created=created, parent=parent)
