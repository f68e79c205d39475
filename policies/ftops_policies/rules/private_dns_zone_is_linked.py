"""Whether anybody asks a private DNS zone."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.neighbour import NOBODY, by_parent, each_of, key_of
from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule

ZONE = "Microsoft.Network/privateDnsZones"


@rule(
    "private-dns-zone-is-linked",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Link the zone to the network that callers are in.",
    references=(
        "https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links",
        "https://learn.microsoft.com/azure/private-link/private-endpoint-dns",
    ),
)
def private_dns_zone_is_linked(resources: tuple[Resource, ...]) -> Iterator[Remark]:
    """A private DNS zone that is declared for private endpoints is linked to a network.

    Only linked networks ask a zone. Without a link every record in it is right and nobody sees
    it: names go on leading to the public address, which is closed.
    """
    links = by_parent(resources, f"{ZONE}/virtualNetworkLinks")

    def say(zone: Resource) -> Iterator[str]:
        if not zone.name.casefold().startswith("privatelink.") or links.get(key_of(zone)):
            return
        if NOBODY in links:
            raise NotKnownError("Which zone a link belongs to")
        yield "No network is linked to the zone, so nobody asks it."

    yield from each_of(resources, ZONE, say)
