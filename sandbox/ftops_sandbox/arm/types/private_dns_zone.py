"""Private DNS zones; they are global."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Body, ResourceType, View
from ftops_sandbox.arm.versions import DNS

_NAME = "Microsoft.Network/privateDnsZones"


def show(view: View) -> Body:
    """What it holds and may hold."""
    links = view.world.store.list(f"{_NAME}/virtualNetworkLinks", view.document.key)
    return {
        "properties": {
            "maxNumberOfRecordSets": 25000,
            "maxNumberOfVirtualNetworkLinks": 1000,
            "numberOfRecordSets": 1,
            "numberOfVirtualNetworkLinks": len(links),
        }
    }


TYPE = ResourceType(
    name=_NAME,
    api_versions=DNS,
    example={"location": "global", "properties": {}},
    tracked=True,
    create_s=0.3,
    delete_s=0.3,
    spell=lambda word: f"{word}.privatelink.openai.azure.com",
    show=show,
)
