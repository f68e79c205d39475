"""Private endpoints: one for an account makes a connection on it that is approved at once."""

from __future__ import annotations

import uuid
from typing import Any

from ftops_sandbox.arm.plant import plant
from ftops_sandbox.arm.resource_type import Body, Kept, ResourceType, View, Write
from ftops_sandbox.arm.versions import NETWORK
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.store import Document
from ftops_sandbox.world import ACCOUNT, NOTES, World

_NAME = "Microsoft.Network/privateEndpoints"
_CONNECTION = f"{ACCOUNT}/privateEndpointConnections"
_APPROVED = {"status": "Approved", "description": "Auto-Approved", "actionsRequired": "None"}


def check(write: Write) -> Kept:
    """A subnet, and targets that exist where they are accounts."""
    properties = write.body.get("properties") or {}
    subnet = properties.get("subnet")
    identity = subnet.get("id") if isinstance(subnet, dict) else None
    if not isinstance(identity, str):
        raise ArmError(400, "InvalidRequestFormat", "The private endpoint has no subnet.")
    for target in _targets(properties):
        is_account = f"/{ACCOUNT}/".casefold() in target.casefold()
        if is_account and write.world.account(target) is None:
            raise ArmError(
                400,
                "InvalidResourceReference",
                f"Resource {target} referenced by resource {write.id} was not found.",
            )
    return Kept()


def show(view: View) -> Body:
    """Its connections, approved, and the interface that Azure would make."""
    properties = view.document.body.get("properties") or {}
    connections = [
        {
            **one,
            "id": f"{view.document.key}/privateLinkServiceConnections/{one.get('name', '')}",
            "properties": {
                **(one.get("properties") or {}),
                "provisioningState": "Succeeded",
                "privateLinkServiceConnectionState": _APPROVED,
            },
        }
        for one in _connections(properties)
    ]
    interface = view.document.key.replace("/privateEndpoints/", "/networkInterfaces/")
    return {
        "properties": {
            "privateLinkServiceConnections": connections,
            "networkInterfaces": [{"id": f"{interface}.nic"}],
            "customDnsConfigs": [],
        }
    }


def written(world: World, document: Document, _before: Document | None) -> None:
    """Each account that it leads to gets a connection of its own."""
    caller = Caller({"oid": document.body[NOTES]["system"]["lastModifiedBy"]})
    for target in _targets(document.body.get("properties") or {}):
        account = world.account(target)
        if account is None:
            continue
        body = {
            "properties": {
                "privateEndpoint": {"id": document.key},
                "groupIds": ["account"],
                "privateLinkServiceConnectionState": _APPROVED,
            }
        }
        key = f"{account.key}/privateEndpointConnections/{_connection_name(document, account.key)}"
        plant(world, _CONNECTION, key, account.key, body, caller)


def removed(world: World, document: Document, _caller: Caller) -> None:
    """Its connections go with it."""
    for target in _targets(document.body.get("properties") or {}):
        name = _connection_name(document, target)
        world.store.delete(_CONNECTION, f"{target}/privateEndpointConnections/{name}")


def _connection_name(document: Document, account_id: str) -> str:
    pair = f"{document.key}|{account_id}".casefold()
    return f"{document.key.rpartition('/')[2]}.{uuid.uuid5(uuid.NAMESPACE_OID, pair)}"


def _connections(properties: dict[str, Any]) -> list[dict[str, Any]]:
    found = properties.get("privateLinkServiceConnections")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _targets(properties: dict[str, Any]) -> list[str]:
    inner = [one.get("properties") for one in _connections(properties)]
    found = [one.get("privateLinkServiceId") for one in inner if isinstance(one, dict)]
    return [target for target in found if isinstance(target, str)]


TYPE = ResourceType(
    name=_NAME,
    api_versions=NETWORK,
    example={
        "location": "eastus2",
        "properties": {
            "subnet": {
                "id": "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/example"
                "/providers/Microsoft.Network/virtualNetworks/example/subnets/example"
            }
        },
    },
    tracked=True,
    create_s=0.5,
    delete_s=0.3,
    check=check,
    show=show,
    written=written,
    removed=removed,
)
