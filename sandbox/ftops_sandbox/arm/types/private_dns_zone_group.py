"""Private DNS zone groups: which zones an endpoint's addresses are written to."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import ResourceType
from ftops_sandbox.arm.versions import NETWORK

TYPE = ResourceType(
    name="Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    api_versions=NETWORK,
    example={
        "properties": {
            "privateDnsZoneConfigs": [
                {"name": "openai", "properties": {"privateDnsZoneId": "/example"}}
            ]
        }
    },
    methods=frozenset({"PUT", "DELETE"}),
    delete_s=0.2,
)
