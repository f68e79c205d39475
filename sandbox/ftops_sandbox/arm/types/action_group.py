"""Action groups: whom an alert tells; nobody is told anything here."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Kept, ResourceType, Write
from ftops_sandbox.errors import ArmError

_SHORT_MAX = 12


def check(write: Write) -> Kept:
    """A short name that fits into a text message."""
    short = (write.body.get("properties") or {}).get("groupShortName")
    if not isinstance(short, str) or not 1 <= len(short) <= _SHORT_MAX:
        raise ArmError(400, "BadRequest", f"The groupShortName has 1 to {_SHORT_MAX} characters.")
    return Kept()


TYPE = ResourceType(
    name="Microsoft.Insights/actionGroups",
    api_versions=("2021-09-01", "2022-06-01", "2023-01-01", "2024-10-01-preview"),
    example={
        "location": "global",
        "properties": {
            "groupShortName": "example",
            "enabled": True,
            "emailReceivers": [{"name": "one", "emailAddress": "one@example.com"}],
        },
    },
    tracked=True,
    shows_state=False,
    check=check,
)
