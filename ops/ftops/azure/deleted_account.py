"""Soft-deleted accounts in Azure: listed, restored with all that they held, or purged."""

from __future__ import annotations

from ftops.azure.arm import Arm
from ftops.deleted_account import DeletedAccount, parse_deleted
from ftops_catalog.arm_type import read_arm_types

ACCOUNT = "Microsoft.CognitiveServices/accounts"


def read_deleted(arm: Arm) -> list[DeletedAccount]:
    """Every soft-deleted account of the subscription."""
    head = f"/subscriptions/{arm.session.target.subscription_id}"
    path = f"{head}/providers/Microsoft.CognitiveServices/deletedAccounts"
    return [parse_deleted(each) for each in arm.items(path, _version())]


def purge(arm: Arm, account: DeletedAccount) -> None:
    """Deletes it for good, its files, jobs and tuned models included."""
    arm.delete(account.path, _version())


def restore(arm: Arm, account: DeletedAccount) -> None:
    """Brings it back as it was; its resource group must be there."""
    body = {
        "location": account.location,
        "kind": account.kind,
        "sku": dict(account.sku),
        "properties": {"restore": True},
    }
    arm.put(account.id, _version(), body)


def _version() -> str:
    return read_arm_types().type(ACCOUNT).api_version
