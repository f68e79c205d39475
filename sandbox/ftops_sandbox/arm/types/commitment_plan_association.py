"""Which accounts share a commitment plan: by id, one of this world's."""

from __future__ import annotations

from ftops_sandbox.arm.path import parse_target
from ftops_sandbox.arm.resource_type import Kept, ResourceType, Write
from ftops_sandbox.arm.types.shared_commitment_plan import NAME
from ftops_sandbox.arm.versions import COGNITIVE
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import ACCOUNT


def check(write: Write) -> Kept:
    """Refuses what is no account's id; whether the account exists is the client's affair."""
    account = (write.body.get("properties") or {}).get("accountId")
    target = parse_target(account) if isinstance(account, str) else None
    if target is None or target.type_name.casefold() != ACCOUNT.casefold():
        raise ArmError(
            400,
            "InvalidResourceProperties",
            f"The accountId '{account}' of the association is not the id of an account.",
        )
    return Kept()


TYPE = ResourceType(
    name=f"{NAME}/accountAssociations",
    api_versions=COGNITIVE,
    example={
        "properties": {
            "accountId": "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg"
            "/providers/Microsoft.CognitiveServices/accounts/a"
        }
    },
    methods=frozenset({"PUT", "DELETE"}),
    shows_state=False,
    check=check,
)
