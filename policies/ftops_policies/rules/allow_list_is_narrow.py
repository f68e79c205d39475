"""Whether an allow-list names anybody in particular."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from typing import Final

from ftops_policies.neighbour import places
from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule

PRIVATE: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


@rule(
    "allow-list-is-narrow",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Name the office's own addresses; reach private networks by a private endpoint.",
    references=(
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
        "https://learn.microsoft.com/security/benchmark/azure/mcsb-network-security",
        "https://www.cisecurity.org/benchmark/azure",
    ),
)
def allow_list_is_narrow(account: Resource, *, prefix_length_min: int = 16) -> Iterator[str]:
    """An allow-list names ranges that one organisation has.

    `0.0.0.0/0` is the whole internet in the shape of a rule, and two halves of it pass a check
    for that one text. Private addresses (10.0.0.0/8 and its like) never come in from outside:
    Azure refuses them, so whoever wrote one means something else.
    """
    for place in places(account, "properties.networkAcls.ipRules"):
        value = account.text(f"{place}.value") or ""
        try:
            network = ip_network(value.strip(), strict=False)
        except ValueError:
            yield f"The rule {value!r} is no address and no range."
            continue
        if network.prefixlen < prefix_length_min:
            yield f"The rule {value} lets {network.num_addresses:,} addresses in."
        elif isinstance(network, IPv4Network) and any(map(network.subnet_of, PRIVATE)):
            yield f"The rule {value} is of a private network, which Azure refuses."
