"""Documents as Resource Manager shows them: the body as sent, and what is computed over it."""

from __future__ import annotations

from typing import Any

from ftops_sandbox.arm.resource_type import Body, ResourceType, View
from ftops_sandbox.bearer import Caller
from ftops_sandbox.moment import iso
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World

# What a client may send back after a read, and Azure passes over.
READ_ONLY = ("id", "name", "type", "systemData", "etag")


def show(
    kind: ResourceType, world: World, document: Document, base_url: str, api_version: str = ""
) -> Body:
    """The whole resource as a version shows it; its provisioningState is the clock's."""
    sent = {key: value for key, value in document.body.items() if key != NOTES}
    notes = document.body[NOTES]
    computed = kind.show(View(world, document, base_url, api_version))
    properties = {**(sent.get("properties") or {}), **computed.pop("properties", {})}
    if kind.shows_state:
        properties["provisioningState"] = world.provisioning_state(document)
    stamps = {"etag": notes["etag"], "systemData": notes["system"]} if kind.shows_stamps else {}
    return {
        "id": document.key,
        "name": document.key.rpartition("/")[2],
        "type": kind.name,
        **sent,
        **computed,
        **stamps,
        "properties": properties,
    }


def stamp(world: World, caller: Caller, before: Document | None) -> dict[str, Any]:
    """`systemData` of a write."""
    now = iso(world.now())
    kept = before.body[NOTES]["system"] if before else {}
    return {
        "createdBy": kept.get("createdBy", caller.name),
        "createdByType": kept.get("createdByType", "Application"),
        "createdAt": kept.get("createdAt", now),
        "lastModifiedBy": caller.name,
        "lastModifiedByType": "Application",
        "lastModifiedAt": now,
    }
