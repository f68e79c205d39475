"""Storage accounts: names that are one in all the world, keys, endpoints, and no storage."""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.resource_type import Body, Call, Kept, ResourceType, View, Write
from ftops_sandbox.arm.writing import read_body
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.identity import show_identity
from ftops_sandbox.moment import iso
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

_NAME = "Microsoft.Storage/storageAccounts"
_HOLDER = "storage.name"
_SPELLED = re.compile(r"[a-z0-9]{3,24}")
_WRONG = (
    "{name} is not a valid storage account name. Storage account name must be between 3 and 24 "
    "characters in length and use numbers and lower-case letters only."
)
_TAKEN = "The storage account named {name} is already taken."


def check(write: Write) -> Kept:
    """A name that is well formed and nobody else's, a SKU and a kind."""
    if not _SPELLED.fullmatch(write.name):
        raise ArmError(400, "AccountNameInvalid", _WRONG.format(name=write.name))
    holder = write.world.store.get(_HOLDER, write.name)
    if holder and holder.body["id"].casefold() != write.id.casefold():
        raise ArmError(409, "StorageAccountAlreadyTaken", _TAKEN.format(name=write.name))
    if not (write.body.get("sku") or {}).get("name"):
        raise ArmError(400, "InvalidRequestContent", "The storage account has no sku.name.")
    return Kept()


def show(view: View) -> Body:
    """Endpoints, and what Azure fills in."""
    document = view.document
    name, sent = document.key.rpartition("/")[2], document.body.get("properties") or {}
    services = ("blob", "dfs", "file", "queue", "table", "web")
    sku = document.body["sku"]
    return {
        **show_identity(view.world, document),
        "sku": {**sku, "tier": str(sku["name"]).partition("_")[0]},
        "properties": {
            "creationTime": iso(document.created),
            "primaryEndpoints": {s: f"https://{name}.{s}.core.windows.net/" for s in services},
            "primaryLocation": document.body["location"],
            "statusOfPrimary": "available",
            "accessTier": sent.get("accessTier") or "Hot",
            "supportsHttpsTrafficOnly": sent.get("supportsHttpsTrafficOnly", True),
        },
    }


def written(world: World, document: Document, _before: Document | None) -> None:
    """Nobody else may have its name now."""
    name = document.key.rpartition("/")[2]
    world.store.put(_HOLDER, name, {"id": document.key}, created=document.created)


def removed(world: World, document: Document, _caller: Caller) -> None:
    """Its name is free at once."""
    world.store.delete(_HOLDER, document.key.rpartition("/")[2])


def list_keys(call: Call) -> Response:
    """Two keys that open nothing."""
    values = [hashlib.sha512(f"{call.document.key}{n}".encode()).digest() for n in (1, 2)]
    keys = [
        {
            "creationTime": iso(call.document.created),
            "keyName": f"key{number}",
            "value": base64.b64encode(value).decode(),
            "permissions": "FULL",
        }
        for number, value in enumerate(values, start=1)
    ]
    return JSONResponse({"keys": keys})


async def check_name(request: Request) -> Response:
    """Whether a name may be taken."""
    admit(request, request.path_params["subscription"])
    name = str((await read_body(request)).get("name") or "")
    world: World = request.app.state.world
    if not _SPELLED.fullmatch(name):
        reason, message = "AccountNameInvalid", _WRONG
    elif world.store.get(_HOLDER, name):
        reason, message = "AlreadyExists", _TAKEN
    else:
        return JSONResponse({"nameAvailable": True})
    answer = {"nameAvailable": False, "reason": reason, "message": message.format(name=name)}
    return JSONResponse(answer)


TYPE = ResourceType(
    name=_NAME,
    api_versions=("2022-09-01", "2023-01-01", "2023-05-01", "2024-01-01", "2025-01-01"),
    example={
        "location": "eastus2",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
        "properties": {"minimumTlsVersion": "TLS1_2"},
    },
    tracked=True,
    create_s=0.5,
    spell=lambda word: re.sub("[^a-z0-9]", "", word.casefold())[:24],
    check=check,
    show=show,
    written=written,
    removed=removed,
    actions={"POST listKeys": list_keys},
    routes=(
        AzureRoute(
            "/subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability",
            check_name,
            ["POST"],
        ),
    ),
)
