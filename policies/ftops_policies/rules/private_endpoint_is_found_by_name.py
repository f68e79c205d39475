"""Whether an account's name leads to its private endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ftops_policies.neighbour import (
    NOBODY,
    by_parent,
    each_of,
    key_of,
    key_of_id,
    of_type,
    places,
)
from ftops_policies.private_endpoint import ENDPOINT, targets
from ftops_policies.resource import ACCOUNT, NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule

ZONE_GROUP: Final = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"
SERVICES_ZONE: Final = "privatelink.services.ai.azure.com"


@rule(
    "private-endpoint-is-found-by-name",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Give the endpoint a DNS zone group with every zone, or turn this off where a policy "
    "of the platform team does.",
    references=(
        "Azure Policy c4bc6f10-cb41-49eb-b000-d5ab82e2a091",
        "https://learn.microsoft.com/azure/private-link/private-endpoint-dns",
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
    ),
)
def private_endpoint_is_found_by_name(
    resources: tuple[Resource, ...],
    *,
    private_dns_zones: tuple[str, ...] = (
        "privatelink.openai.azure.com",
        "privatelink.cognitiveservices.azure.com",
    ),
) -> Iterator[Remark]:
    """A private endpoint of an account is in a private DNS zone for each of the account's names.

    Callers use the public name. Without the zone it leads to the public address, which is closed,
    and the endpoint that was paid for is never used. An AIServices account has a third name.
    """
    groups = by_parent(resources, ZONE_GROUP)
    accounts = {key_of(each): each for each in of_type(resources, ACCOUNT)}

    def say(endpoint: Resource) -> Iterator[str]:
        ids = [each for each in targets(endpoint) if f"/{ACCOUNT}/".casefold() in each.casefold()]
        if not ids:
            return
        served = [account for each in ids if (account := accounts.get(key_of_id(each)))]
        wanted = [*private_dns_zones]
        if any((each.text("kind") or "").casefold() == "aiservices" for each in served):
            wanted.append(SERVICES_ZONE)
        found = {zone for group in groups.get(key_of(endpoint), ()) for zone in _zones(group)}
        missing = [zone for zone in wanted if zone.casefold() not in found]
        if missing and NOBODY in groups:
            raise NotKnownError("Which endpoint a DNS zone group belongs to")
        if missing:
            yield f"The endpoint is not in the zone{'s' * (len(missing) > 1)} {', '.join(missing)}."

    yield from each_of(resources, ENDPOINT, say)


def _zones(group: Resource) -> Iterator[str]:
    for place in places(group, "properties.privateDnsZoneConfigs"):
        zone = group.text(f"{place}.properties.privateDnsZoneId") or ""
        yield zone.rpartition("/")[2].casefold()
