"""The network that private endpoints stand in, and the names by which accounts are found there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network as azure_network
from pulumi_azure_native import privatedns

from ftops.declared.account import Account
from ftops.declared.network import Network
from ftops.environment import Environment
from ftops_stacks.ground import Ground, linked
from ftops_stacks.home import Home

ZONES = ("privatelink.openai.azure.com", "privatelink.cognitiveservices.azure.com")
SERVICES_ZONE = "privatelink.services.ai.azure.com"
VIRTUAL_NETWORK = "Microsoft.Network/virtualNetworks"
ZONE = "Microsoft.Network/privateDnsZones"
# An account has this one group of endpoints.
MEMBER = "account"


def zones_of(account: Account) -> tuple[str, ...]:
    """The zones that an account's names are in."""
    return (*ZONES, SERVICES_ZONE) if account.kind == "AIServices" else ZONES


def zones_needed(environment: Environment) -> tuple[str, ...]:
    """The zones of every account that has a private endpoint, each once."""
    every = (zones_of(account) for account in environment.accounts if account.private_endpoint)
    return tuple(dict.fromkeys(zone for zones in every for zone in zones))


def network_of(subnet_id: str) -> str:
    """The id of the network that a subnet lies in."""
    return subnet_id.rpartition("/subnets/")[0]


@dataclass(frozen=True)
class Site:
    """Where private endpoints stand: ids, known before they exist, and what has to be there."""

    ground: Ground
    subnet_id: pulumi.Input[str]
    network_id: pulumi.Input[str]
    zones: Mapping[str, pulumi.Input[str]]
    made: Sequence[pulumi.Resource] = field(repr=False)


def site(ground: Ground) -> Site | None:
    """The network of an environment: a subnet that is given, or a network of its own."""
    declared = ground.environment.network
    if declared is None:
        return None
    if declared.subnet_id:
        network_id: pulumi.Input[str] = network_of(declared.subnet_id)
        subnet_id: pulumi.Input[str] = declared.subnet_id
        made: list[pulumi.Resource] = []
    else:
        network, subnet = _network(declared, ground)
        name = ground.environment.called("vnet")
        network_id = ground.id(VIRTUAL_NETWORK, name, network)
        inside = f"{name}/subnets/{ground.environment.called('snet')}"
        subnet_id = ground.id(VIRTUAL_NETWORK, inside, subnet)
        made = [subnet]
    zones, links = _zones(declared, ground, network_id, made)
    return Site(ground, subnet_id, network_id, zones, [*made, *links])


def private_endpoint(home: Home, place: Site) -> None:
    """An address of the account in the network, once nothing changes the account any more.

    Azure refuses one for an account that is being changed (AccountProvisioningStateInvalid).
    """
    name = f"pep-{home.declared.name}"
    endpoint = azure_network.PrivateEndpoint(
        name,
        private_endpoint_name=name,
        resource_group_name=home.ground.group_name,
        # The subnet's region; the account may be in another one.
        location=home.ground.environment.location,
        subnet=azure_network.SubnetArgs(id=place.subnet_id),
        private_link_service_connections=[
            azure_network.PrivateLinkServiceConnectionArgs(
                name=name, private_link_service_id=home.id, group_ids=[MEMBER]
            )
        ],
        tags=home.tags,
        opts=home.ground.options(home.account, [*home.settled, *place.made]),
    )
    azure_network.PrivateDnsZoneGroup(
        f"{name}/default",
        private_dns_zone_group_name="default",
        private_endpoint_name=linked(name, endpoint),
        resource_group_name=home.ground.group_name,
        private_dns_zone_configs=[
            azure_network.PrivateDnsZoneConfigArgs(
                name=zone.replace(".", "-"), private_dns_zone_id=place.zones[zone]
            )
            for zone in zones_of(home.declared)
        ],
        opts=home.ground.options(endpoint, [endpoint]),
    )


def _network(
    declared: Network, ground: Ground
) -> tuple[azure_network.VirtualNetwork, azure_network.Subnet]:
    environment = ground.environment
    name = environment.called("vnet")
    network = azure_network.VirtualNetwork(
        name,
        virtual_network_name=name,
        resource_group_name=ground.group_name,
        location=environment.location,
        address_space=azure_network.AddressSpaceArgs(address_prefixes=[declared.address_prefix]),
        tags=ground.tags,
        opts=ground.options(kept=True),
    )
    subnet = azure_network.Subnet(
        environment.called("snet"),
        subnet_name=environment.called("snet"),
        virtual_network_name=linked(name, network),
        resource_group_name=ground.group_name,
        address_prefix=declared.subnet_prefix,
        # Nothing in it calls out: endpoints are called.
        default_outbound_access=False,
        opts=ground.options(network, [network], kept=True),
    )
    return network, subnet


def _zones(
    declared: Network,
    ground: Ground,
    network_id: pulumi.Input[str],
    after: Sequence[pulumi.Resource],
) -> tuple[dict[str, pulumi.Input[str]], list[pulumi.Resource]]:
    """The id of every zone, and the links of those that are made here."""
    given = {name.casefold(): zone for name, zone in declared.private_dns_zones.items()}
    found: dict[str, pulumi.Input[str]] = {}
    links: list[pulumi.Resource] = []
    for name in zones_needed(ground.environment):
        if name in given:
            found[name] = given[name]
            continue
        zone = privatedns.PrivateZone(
            name,
            private_zone_name=name,
            resource_group_name=ground.group_name,
            location="global",
            tags=ground.tags,
            opts=ground.options(kept=True),
        )
        found[name] = ground.id(ZONE, name, zone)
        links.append(_link(zone, name, ground, network_id, after))
    return found, links


def _link(
    zone: privatedns.PrivateZone,
    name: str,
    ground: Ground,
    network_id: pulumi.Input[str],
    after: Sequence[pulumi.Resource],
) -> privatedns.VirtualNetworkLink:
    title = ground.environment.called("link")
    return privatedns.VirtualNetworkLink(
        f"{name}/{title}",
        virtual_network_link_name=title,
        private_zone_name=linked(name, zone),
        resource_group_name=ground.group_name,
        location="global",
        registration_enabled=False,
        virtual_network=privatedns.SubResourceArgs(id=network_id),
        tags=ground.tags,
        opts=ground.options(zone, [zone, *after]),
    )
