"""Locks at any scope: they hold for everything at and below it."""

from __future__ import annotations

from collections.abc import Mapping

from ftops_sandbox.arm.lock import LOCK
from ftops_sandbox.arm.resource_type import Kept, ResourceType, Write
from ftops_sandbox.errors import ArmError
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

_LEVELS = ("CanNotDelete", "ReadOnly")


def find(world: World, scope: str, query: Mapping[str, str]) -> list[Document]:
    """The locks at a scope and below it; with `atScope()` at it alone."""
    only = query.get("$filter", "").strip().casefold() == "atscope()"
    return world.store.list(LOCK, scope, below=not only)


def check(write: Write) -> Kept:
    """One of two levels."""
    level = (write.body.get("properties") or {}).get("level")
    if level not in _LEVELS:
        raise ArmError(
            400, "InvalidLockLevel", f"The lock level '{level}' is not one of {', '.join(_LEVELS)}."
        )
    return Kept()


TYPE = ResourceType(
    name=LOCK,
    api_versions=("2016-09-01", "2020-05-01"),
    example={"properties": {"level": "CanNotDelete", "notes": "An example."}},
    scope="any",
    shows_state=False,
    methods=frozenset({"PUT", "DELETE"}),
    check=check,
    find=find,
)
