"""The network that private endpoints stand in, and which addresses may come in from outside."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ftops.declared.part import Part, ResourceId, wrong


def _range(value: str) -> str:
    try:
        return str(IPv4Network(value))
    except ValueError as error:
        raise wrong("{key} cannot be {value}", "an IPv4 range such as 10.40.0.0/24") from error


Range = Annotated[str, AfterValidator(_range)]


class Network(Part):
    """Where private endpoints stand: a subnet that is there, or a network of its own."""

    subnet_id: ResourceId | None = None
    """A subnet that somebody else keeps; without it a network and a subnet are made."""
    address_prefix: Range = "10.40.0.0/24"
    """The network's range, when it is made here; it must not overlap what it is peered with."""
    subnet_prefix: Range = "10.40.0.0/26"
    """The endpoints' part of it: 59 addresses, and one is taken by each endpoint."""
    private_dns_zones: dict[str, ResourceId] = Field(default={})
    """Zones that somebody else keeps, by name; what is missing is made and linked here."""


class NetworkAcls(Part):
    """Who may come in from the internet when `publicNetworkAccess` is Enabled."""

    ip_rules: tuple[Range, ...] = ()
    """Addresses and ranges that may; all others are denied."""
    subnet_ids: tuple[ResourceId, ...] = ()
    """Subnets with the service endpoint Microsoft.CognitiveServices that may."""
    bypass: Literal["None", "AzureServices"] = "None"
    """Whether Azure's own trusted services may; None, since they are not ours."""
