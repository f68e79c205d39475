"""Subnets of a virtual network."""

from __future__ import annotations

import ipaddress

from ftops_sandbox.arm.resource_type import Kept, ResourceType, Write
from ftops_sandbox.arm.types.virtual_network import is_prefix
from ftops_sandbox.arm.versions import NETWORK
from ftops_sandbox.errors import ArmError

_NETWORK = "Microsoft.Network/virtualNetworks"


def check(write: Write) -> Kept:
    """Its range lies within the network's and crosses no other subnet's."""
    prefix = str((write.body.get("properties") or {}).get("addressPrefix"))
    if not is_prefix(prefix):
        raise ArmError(400, "InvalidAddressPrefixFormat", f"Address prefix {prefix} is not a CIDR.")
    above = write.world.store.get(_NETWORK, write.parent)
    assert above is not None, "the engine has looked for the parent"
    space = above.body["properties"]["addressSpace"]["addressPrefixes"]
    if not any(_holds(outer, prefix) for outer in space):
        raise ArmError(
            400,
            "NetcfgInvalidSubnet",
            f"Subnet '{write.name}' is not valid because its IP address range is outside the IP "
            f"address range of virtual network '{above.key.rpartition('/')[2]}'.",
        )
    for other in write.world.store.list(TYPE.name, write.parent):
        there = other.body["properties"]["addressPrefix"]
        if other.key.casefold() != write.id.casefold() and _crosses(there, prefix):
            raise ArmError(
                400,
                "NetcfgSubnetRangesOverlap",
                f"Subnet '{write.name}' is not valid because its IP address range overlaps with "
                "that of an existing subnet in the virtual network.",
            )
    return Kept()


def _holds(outer: str, inner: str) -> bool:
    one, two = (ipaddress.ip_network(text, strict=False) for text in (outer, inner))
    return one.version == two.version and one.overlaps(two) and one.prefixlen <= two.prefixlen


def _crosses(one: str, two: str) -> bool:
    return ipaddress.ip_network(one, strict=False).overlaps(ipaddress.ip_network(two, strict=False))


TYPE = ResourceType(
    name=f"{_NETWORK}/subnets",
    api_versions=NETWORK,
    example={"properties": {"addressPrefix": "10.0.1.0/24"}},
    methods=frozenset({"PUT", "DELETE"}),
    delete_s=0.2,
    check=check,
)
