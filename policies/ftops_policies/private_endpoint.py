"""What a private endpoint leads to."""

from __future__ import annotations

from typing import Final

from ftops_policies.neighbour import places
from ftops_policies.resource import Resource

ENDPOINT: Final = "Microsoft.Network/privateEndpoints"
CONNECTIONS: Final = (
    "properties.privateLinkServiceConnections",
    "properties.manualPrivateLinkServiceConnections",
)


def targets(endpoint: Resource) -> list[str]:
    """The ids of what an endpoint leads to; raises NotKnownError where one is not known yet."""
    found = [
        endpoint.text(f"{place}.properties.privateLinkServiceId")
        for path in CONNECTIONS
        for place in places(endpoint, path)
    ]
    return [each for each in found if each]
