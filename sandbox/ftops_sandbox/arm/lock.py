"""What a lock refuses: deleting under CanNotDelete, and any change under ReadOnly."""

from __future__ import annotations

from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import World

LOCK = "Microsoft.Authorization/locks"


def require_unlocked(world: World, resource_id: str, verb: str) -> None:
    """409 in Azure's words; `verb` is write or delete.

    A lock holds for its scope and all below; one below refuses to have its scope deleted from
    above. Locks themselves may always be written and deleted.
    """
    folded = resource_id.casefold() + "/"
    if f"/providers/{LOCK}/".casefold() in folded:
        return
    held = set()
    for lock in world.store.list(LOCK):
        scope = lock.parent + "/"
        stops = verb == "delete" or lock.body["properties"]["level"] == "ReadOnly"
        below = verb == "delete" and scope.startswith(folded)
        if stops and (folded.startswith(scope) or below):
            held.add(lock.key[: len(lock.parent)])
    if held:
        listed = ",".join(sorted(held))
        raise ArmError(
            409,
            "ScopeLocked",
            f"The scope '{resource_id}' cannot perform {verb} operation because following "
            f"scope(s) are locked: '{listed}'. Please remove the lock and try again.",
        )
