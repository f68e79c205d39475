"""Connections of an account to other services; their secrets are taken and never shown."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Kept, ResourceType, Write
from ftops_sandbox.arm.versions import COGNITIVE_2025
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import ACCOUNT


def check(write: Write) -> Kept:
    """A connection says how it signs in; the credentials are dropped."""
    properties = write.body.get("properties") or {}
    if not properties.get("authType"):
        raise ArmError(
            400, "InvalidRequestContent", "The connection's properties have no authType."
        )
    properties.pop("credentials", None)
    return Kept()


TYPE = ResourceType(
    name=f"{ACCOUNT}/connections",
    api_versions=COGNITIVE_2025,
    example={
        "properties": {"authType": "None", "category": "ContainerRegistry", "target": "example"}
    },
    shows_state=False,
    created_status=200,
    check=check,
)
