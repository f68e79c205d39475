"""The identities that resources have: object and client ids that the same resource always gets."""

from __future__ import annotations

import uuid
from typing import Any

from ftops_sandbox.store import Document
from ftops_sandbox.world import TENANT_ID, World

USER_ASSIGNED = "Microsoft.ManagedIdentity/userAssignedIdentities"


def object_id(key: str) -> str:
    """The principal of a resource."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, key.casefold()))


def client_id(key: str) -> str:
    """What a user-assigned identity signs in as."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, key.casefold()))


def find_identity(world: World, wanted: str) -> Document | None:
    """The user-assigned identity with this client id, object id or resource id, or None."""
    for one in world.store.list(USER_ASSIGNED):
        known = (client_id(one.key), object_id(one.key), one.key.casefold())
        if wanted.casefold() in known:
            return one
    return None


def show_identity(world: World, document: Document) -> dict[str, Any]:
    """A resource's `identity` with the ids that Azure adds, {} where none was asked for."""
    sent = document.body.get("identity")
    if not isinstance(sent, dict):
        return {}
    shown: dict[str, Any] = dict(sent)
    words = str(sent.get("type") or "").casefold()
    if "systemassigned" in words:
        shown |= {"principalId": object_id(document.key), "tenantId": TENANT_ID}
    named = sent.get("userAssignedIdentities")
    if isinstance(named, dict):
        shown["userAssignedIdentities"] = {
            key: {"principalId": object_id(key), "clientId": client_id(key)}
            for key in named
            if world.store.get(USER_ASSIGNED, key)
        }
    return {"identity": shown}
