"""Whether an account can be made to send data away."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.neighbour import places
from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "outbound-network-is-restricted",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Set `restrictOutboundNetworkAccess: true` and name hosts in `allowedFqdnList`.",
    references=(
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-data-loss-prevention",
        "https://learn.microsoft.com/azure/well-architected/security/networking",
    ),
)
def outbound_network_is_restricted(account: Resource) -> Iterator[str]:
    """An account itself calls only hosts that are named.

    An account fetches what requests and training files point at: images by URL, data of a
    search, graders. Unrestricted, a prompt can make it carry data to any host in the address.
    """
    if account.at("properties.restrictOutboundNetworkAccess") is not True:
        yield "The account may call any host: `restrictOutboundNetworkAccess` is not true."
        return
    for place in places(account, "properties.allowedFqdnList"):
        host = account.text(place) or ""
        if "*" in host:
            yield f"The host {host} in `allowedFqdnList` stands for many."
