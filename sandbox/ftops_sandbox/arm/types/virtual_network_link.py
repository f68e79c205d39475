"""Links of a private DNS zone to the networks that may ask it."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Body, ResourceType, View
from ftops_sandbox.arm.versions import DNS


def show(_view: View) -> Body:
    """It is linked once it is there."""
    return {"properties": {"virtualNetworkLinkState": "Completed"}}


TYPE = ResourceType(
    name="Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    api_versions=DNS,
    example={
        "location": "global",
        "properties": {"virtualNetwork": {"id": "/example"}, "registrationEnabled": False},
    },
    tracked=True,
    create_s=0.3,
    delete_s=0.3,
    show=show,
)
