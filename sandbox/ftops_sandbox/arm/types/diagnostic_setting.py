"""Diagnostic settings of any resource: where its logs and metrics would go."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Kept, ResourceType, Write
from ftops_sandbox.errors import ArmError

_SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")
_MAX = 5


def check(write: Write) -> Kept:
    """At least one place to go, and no more than five settings on a resource."""
    properties = write.body.get("properties") or {}
    if not any(properties.get(sink) for sink in _SINKS):
        raise ArmError(
            400,
            "BadRequest",
            "At least one data sink needs to be specified.",
        )
    there = write.world.store.list(TYPE.name, write.parent)
    if write.before is None and len(there) >= _MAX:
        raise ArmError(409, "Conflict", f"The limit of {_MAX} diagnostic settings was reached.")
    return Kept()


TYPE = ResourceType(
    name="Microsoft.Insights/diagnosticSettings",
    api_versions=("2017-05-01-preview", "2021-05-01-preview"),
    example={
        "properties": {
            "workspaceId": "/example",
            "logs": [{"categoryGroup": "allLogs", "enabled": True}],
            "metrics": [{"category": "AllMetrics", "enabled": True}],
        }
    },
    scope="any",
    shows_state=False,
    created_status=200,
    methods=frozenset({"PUT", "DELETE"}),
    check=check,
)
