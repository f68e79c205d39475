"""Private endpoint connections of an account: made by an endpoint, approved or refused here."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Body, Kept, ResourceType, View, Write
from ftops_sandbox.arm.versions import COGNITIVE
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import ACCOUNT

_STATES = ("Pending", "Approved", "Rejected", "Disconnected")


def check(write: Write) -> Kept:
    """A state that there is; what made the connection is kept over a write that omits it."""
    properties = write.body.setdefault("properties", {}) or {}
    state = properties.get("privateLinkServiceConnectionState")
    status = state.get("status") if isinstance(state, dict) else None
    if status not in _STATES:
        raise ArmError(
            400,
            "InvalidRequestContent",
            f"The connection state '{status}' is not one of {', '.join(_STATES)}.",
        )
    kept = (write.before.body.get("properties") or {}) if write.before else {}
    for name in ("privateEndpoint", "groupIds"):
        if name in kept:
            properties[name] = kept[name]
    return Kept()


def show(view: View) -> Body:
    """What is left to do: nothing."""
    state = view.document.body["properties"]["privateLinkServiceConnectionState"]
    return {
        "properties": {"privateLinkServiceConnectionState": {"actionsRequired": "None", **state}}
    }


TYPE = ResourceType(
    name=f"{ACCOUNT}/privateEndpointConnections",
    api_versions=COGNITIVE,
    example={
        "properties": {
            "privateLinkServiceConnectionState": {
                "status": "Approved",
                "description": "Auto-Approved",
            }
        }
    },
    created_status=200,
    methods=frozenset({"PUT", "DELETE"}),
    check=check,
    show=show,
)
