"""Content filter policies that users make for the deployments of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftops_sandbox.arm.resource_type import Body, Kept, ResourceType, View, Write
from ftops_sandbox.arm.versions import COGNITIVE_2024
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import ACCOUNT

_MODES = ("Default", "Deferred", "Blocking", "Asynchronous_filter")
_FILTER: Mapping[str, Any] = {
    "name": "Hate",
    "blocking": True,
    "enabled": True,
    "severityThreshold": "Medium",
    "source": "Prompt",
}


def check(write: Write) -> Kept:
    """Refuses the names that are Microsoft's and a mode that there is not."""
    properties = write.body.get("properties") or {}
    if write.name.casefold().startswith("microsoft."):
        raise _bad(f"The policy name '{write.name}' is reserved for system policies.")
    if properties.get("mode") not in (None, *_MODES):
        raise _bad(f"The mode '{properties['mode']}' is not one of {', '.join(_MODES)}.")
    return Kept()


def show(_view: View) -> Body:
    """Whose it is."""
    return {"properties": {"type": "UserManaged"}}


def _bad(message: str) -> ArmError:
    return ArmError(400, "InvalidResourceProperties", message)


TYPE = ResourceType(
    name=f"{ACCOUNT}/raiPolicies",
    api_versions=COGNITIVE_2024,
    example={
        "properties": {
            "basePolicyName": "Microsoft.DefaultV2",
            "mode": "Blocking",
            "contentFilters": [dict(_FILTER), {**_FILTER, "source": "Completion"}],
        }
    },
    shows_state=False,
    methods=frozenset({"PUT", "DELETE"}),
    delete_s=0.2,
    check=check,
    show=show,
)
