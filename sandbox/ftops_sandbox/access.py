"""Who may do what: a principal's role assignments at a scope and above it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from ftops_sandbox.moment import iso
from ftops_sandbox.role import OPENAI_CONTRIBUTOR, OWNER, ROLES
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, OBJECT_ID, SUBSCRIPTION_ID, World

ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
DEFINITION = "Microsoft.Authorization/roleDefinitions"
SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
# One short record per assignment, found by its principal.
_HOLDER = "role.holder"
_SEED = "role.seed"
_ROLE = "role.definition"


def definition_id(role: str) -> str:
    """A role's id in the one subscription."""
    return f"{SUBSCRIPTION}/providers/{DEFINITION}/{role}"


def may(world: World, principal: str, action: str, scope: str, *, data: bool = False) -> bool:
    """Whether a role of the principal's, at this scope or above, has the action."""
    for permission in permissions_at(world, principal, scope):
        allowed, denied = _lists(permission, data=data)
        if _matches(allowed, action) and not _matches(denied, action):
            return True
    return False


def permissions_at(world: World, principal: str, scope: str) -> Iterator[dict[str, Any]]:
    """What each of the principal's roles gives and takes, at this scope and above."""
    inside = scope.casefold().rstrip("/") + "/"
    for holder in _holders(world, principal):
        if inside.startswith(holder["scope"] + "/"):
            yield from _permissions(world, holder["role"])


def has_any_role(world: World, principal: str) -> bool:
    """Whether the principal has anything to do with the subscription."""
    return bool(_holders(world, principal))


def find_role(world: World, role: str) -> Document | None:
    """The definition with this GUID, wherever it was written, or None."""
    pointer = world.store.get(_ROLE, role)
    return world.store.get(DEFINITION, str(pointer.body["id"])) if pointer else None


def keep_role(world: World, definition: str) -> None:
    """Makes a definition findable by its GUID."""
    name = definition.rpartition("/")[2]
    world.store.put(_ROLE, name, {"id": definition}, created=world.now())


def drop_role(world: World, definition: str) -> None:
    """Nothing is found by its GUID any more."""
    world.store.delete(_ROLE, definition.rpartition("/")[2])


def hold(world: World, assignment: str, scope: str, principal: str, role: str) -> None:
    """Remembers an assignment by its principal."""
    body = {"scope": scope.casefold().rstrip("/"), "role": role}
    world.store.put(_HOLDER, assignment, body, created=world.now(), parent=principal)


def let_go(world: World, assignment: str) -> None:
    """Forgets it."""
    world.store.delete(_HOLDER, assignment)


def seed(world: World) -> None:
    """The roles that are always there, and what the one client may do in a new world."""
    if world.store.get(_SEED, "done") is not None:
        return
    with world.store.transaction():
        world.store.put(_SEED, "done", {}, created=world.now())
        for role in ROLES:
            keep_role(world, _plant(world, DEFINITION, SUBSCRIPTION, role.id, role.properties))
        for role in (OWNER, OPENAI_CONTRIBUTOR):
            name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{OBJECT_ID}{role.id}"))
            properties = {
                "roleDefinitionId": definition_id(role.id),
                "principalId": OBJECT_ID,
                "principalType": "ServicePrincipal",
            }
            key = _plant(world, ASSIGNMENT, SUBSCRIPTION, name, properties)
            hold(world, key, SUBSCRIPTION, OBJECT_ID, role.id)


def _plant(world: World, kind: str, scope: str, name: str, properties: dict[str, Any]) -> str:
    now, key = world.now(), f"{scope}/providers/{kind}/{name}"
    notes = {"etag": f'"{uuid.uuid4()}"', "system": {}, "settles": iso(now)}
    body = {"properties": properties, NOTES: notes}
    world.store.put(kind, key, body, created=now, parent=scope)
    return key


def _holders(world: World, principal: str) -> list[dict[str, Any]]:
    seed(world)
    return [one.body for one in world.store.list(_HOLDER, principal)]


def _permissions(world: World, role: str) -> Iterator[dict[str, Any]]:
    found = find_role(world, role)
    yield from found.body["properties"]["permissions"] if found else ()


def _lists(permission: dict[str, Any], *, data: bool) -> tuple[Iterable[str], Iterable[str]]:
    names = ("dataActions", "notDataActions") if data else ("actions", "notActions")
    return permission.get(names[0], ()), permission.get(names[1], ())


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(_compiled(pattern).fullmatch(action) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE)
