"""Virtual networks: an address space, and subnets that are written with it or by themselves."""

from __future__ import annotations

import ipaddress
from typing import Any

from ftops_sandbox.arm.plant import plant
from ftops_sandbox.arm.render import show as render
from ftops_sandbox.arm.resource_type import Body, Kept, ResourceType, View, Write, resource_types
from ftops_sandbox.arm.versions import NETWORK
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World

_NAME = "Microsoft.Network/virtualNetworks"
_SUBNET = f"{_NAME}/subnets"


def check(write: Write) -> Kept:
    """Takes the subnets out of the body: they are resources of their own."""
    properties = write.body.get("properties") or {}
    space = properties.get("addressSpace")
    prefixes = space.get("addressPrefixes") if isinstance(space, dict) else None
    if not isinstance(prefixes, list) or not prefixes:
        raise _bad("InvalidRequestFormat", "The network has no addressSpace.addressPrefixes.")
    for prefix in prefixes:
        if not is_prefix(prefix):
            raise _bad("InvalidAddressPrefixFormat", f"Address prefix {prefix} is not a CIDR.")
    subnets = properties.pop("subnets", None)
    return Kept({"subnets": _named(subnets) if subnets is not None else None})


def is_prefix(text: Any) -> bool:
    """Whether a text is an address range such as 10.0.0.0/16."""
    try:
        ipaddress.ip_network(str(text), strict=False)
    except ValueError:
        return False
    return "/" in str(text)


def show(view: View) -> Body:
    """Its subnets, however they came to be."""
    kind = resource_types()[_SUBNET.casefold()]
    found = view.world.store.list(_SUBNET, view.document.key)
    shown = [render(kind, view.world, one, view.base_url) for one in found]
    return {"properties": {"subnets": shown, "enableDdosProtection": False}}


def written(world: World, document: Document, _before: Document | None) -> None:
    """Subnets named in the body replace those that were; a body without any leaves them."""
    wanted = document.body[NOTES]["subnets"]
    if wanted is None:
        return
    names = {name.casefold() for name, _ in wanted}
    for one in world.store.list(_SUBNET, document.key):
        if one.key.rpartition("/")[2].casefold() not in names:
            world.store.delete(_SUBNET, one.key)
    caller = Caller({"oid": document.body[NOTES]["system"]["lastModifiedBy"]})
    for name, properties in wanted:
        key = f"{document.key}/subnets/{name}"
        plant(world, _SUBNET, key, document.key, {"properties": properties}, caller)


def _named(subnets: Any) -> list[tuple[str, Body]]:
    found = []
    for one in subnets if isinstance(subnets, list) else [None]:
        name, properties = (
            (one.get("name"), one.get("properties")) if isinstance(one, dict) else ("", 0)
        )
        if not isinstance(name, str) or not name or "/" in name or not isinstance(properties, dict):
            raise _bad("InvalidRequestFormat", "Every subnet has a name and properties.")
        if not is_prefix(properties.get("addressPrefix")):
            raise _bad("InvalidAddressPrefixFormat", f"Subnet {name} has no address prefix.")
        properties.pop("provisioningState", None)
        found.append((name, properties))
    return found


def _bad(code: str, message: str) -> ArmError:
    return ArmError(400, code, message)


TYPE = ResourceType(
    name=_NAME,
    api_versions=NETWORK,
    example={
        "location": "eastus2",
        "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
    },
    tracked=True,
    create_s=0.3,
    delete_s=0.2,
    check=check,
    show=show,
    written=written,
)
