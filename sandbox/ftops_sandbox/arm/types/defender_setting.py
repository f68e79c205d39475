"""The one Defender setting of an account: it can be set and cannot be taken away."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Kept, ResourceType, Write
from ftops_sandbox.arm.versions import COGNITIVE_2024
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import ACCOUNT


def check(write: Write) -> Kept:
    """On or off."""
    state = (write.body.get("properties") or {}).get("state")
    if state not in (None, "Enabled", "Disabled"):
        raise ArmError(
            400,
            "InvalidResourceProperties",
            f"The state '{state}' is neither Enabled nor Disabled.",
        )
    return Kept()


TYPE = ResourceType(
    name=f"{ACCOUNT}/defenderForAISettings",
    api_versions=COGNITIVE_2024,
    example={"properties": {"state": "Enabled"}},
    shows_state=False,
    methods=frozenset({"PUT", "PATCH"}),
    spell=lambda _word: "Default",
    check=check,
)
