"""Names that a soft-deleted account still holds: found before `up`, and freed as asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftops.azure.arm import Arm
from ftops.azure.deleted_account import purge, read_deleted, restore
from ftops.azure.session import Session
from ftops.deleted_account import DeletedAccount, in_the_way
from ftops.engine.listing import list_resources
from ftops.engine.step import Action, Approve, Asked, Step
from ftops.progress import Progress
from ftops_catalog.arm_type import read_arm_types
from ftops_catalog.errors import Blocked, CloudRefused
from ftops_policies.resource import ACCOUNT, RESOURCE_GROUP, Resource


def free_names(
    name: str, root: Path, session: Session, asked: Asked, approve: Approve, progress: Progress
) -> list[DeletedAccount]:
    """Purges or restores what holds the name of a declared account; what was restored comes back.

    Raises Blocked with the ways out where neither was asked for. Where the list cannot be read
    it says so, and Azure will speak for itself.
    """
    with Arm(session) as arm:
        try:
            deleted = read_deleted(arm)
        except CloudRefused as error:
            progress.say(f"unverified  whether a deleted account holds a name: {error.message}")
            return []
        # The program is run only for a subscription in which something was deleted lately.
        subscription_id = session.target.subscription_id
        resources = list_resources(name, root, subscription_id) if deleted else []
        held = in_the_way([each.id for each in resources if each.is_a(ACCOUNT)], deleted)
        if not held:
            return []
        if asked.deleted is None:
            raise Blocked(
                "; ".join(each.sentence for each in held),
                f"ftops up {name} --restore-deleted brings it back with its files, jobs and models;"
                " --purge-deleted deletes it for good",
            )
        action: Action = "restored" if asked.deleted == "restore" else "purged"
        approve([Step(ACCOUNT, each.name, each.id, action) for each in held])
        for each in held:
            progress.begin(each.name)
            if asked.deleted == "restore":
                _restore(arm, each, resources)
            else:
                purge(arm, each)
            progress.end(each.name, f"{action:10} {each.name}")
    return held if asked.deleted == "restore" else []


def purge_deleted(
    session: Session, account_ids: Sequence[str], approve: Approve, progress: Progress
) -> list[Step]:
    """Purges those of the accounts that are soft-deleted, once `approve` has seen them."""
    with Arm(session) as arm:
        held = in_the_way(account_ids, read_deleted(arm))
        steps = [Step(ACCOUNT, each.name, each.id, "purged") for each in held]
        approve(steps)
        for each in held:
            progress.begin(each.name)
            purge(arm, each)
            progress.end(each.name, f"{'purged':10} {each.name}")
    return steps


def _restore(arm: Arm, account: DeletedAccount, resources: Sequence[Resource]) -> None:
    """Brings an account back, into a group that is made first where it went, too."""
    head = account.id.partition("/providers/")[0].casefold()
    version = read_arm_types().type(RESOURCE_GROUP).api_version
    for each in resources:
        if each.id.casefold() == head and arm.get(each.id, version) is None:
            arm.put(each.id, version, each.body)
    restore(arm, account)
