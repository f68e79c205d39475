"""Soft-deleted accounts: kept for 48 hours, restored by a PUT, purged by a DELETE or by time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.activity_entry import Journal
from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.operation import begin
from ftops_sandbox.arm.page import paged
from ftops_sandbox.arm.path import Target
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.offer import offer
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.store import Document
from ftops_sandbox.world import ACCOUNT, NOTES, SUBSCRIPTION_ID, World

_KIND = "Microsoft.CognitiveServices/deletedAccounts"
_PURGE_S = 0.5


def keep_deleted(world: World, account: Document) -> None:
    """An account that was just deleted, its keys and data included."""
    now = world.now()
    ends = now + timedelta(hours=offer().limits["deleted_account_hours"])
    notes = {**account.body[NOTES], "deleted": iso(now), "purges": iso(ends)}
    body = {**account.body, NOTES: notes}
    world.store.put(_KIND, account.key, body, created=account.created, parent=account.parent)


def find_deleted(world: World, account_id: str) -> Document | None:
    """The soft-deleted account of this id; one whose time is up is purged and gone."""
    found = world.store.get(_KIND, account_id)
    return found if found and not _expire(world, found) else None


def list_deleted(world: World) -> list[Document]:
    """Every soft-deleted account whose time is not up."""
    return [found for found in world.store.list(_KIND) if not _expire(world, found)]


def forget(world: World, account_id: str) -> None:
    """Takes it off the list, because it was restored."""
    world.store.delete(_KIND, account_id)


def purge(world: World, account: Document) -> None:
    """Deletes it for good, with every file, job and tuned model it held."""
    with world.store.transaction():
        world.purging(world, account.key)
        world.store.delete(_KIND, account.key)
        world.store.delete_below(account.key)
        world.store.delete("subdomain", str(_subdomain(account)))
        world.record("account.purged", account.key, {})


def _expire(world: World, found: Document) -> bool:
    if world.now() < parse_moment(found.body[NOTES]["purges"]):
        return False
    purge(world, found)
    return True


def _subdomain(account: Document) -> str:
    return str((account.body.get("properties") or {}).get("customSubDomainName") or "")


async def list_route(request: Request) -> Response:
    admit(request, request.path_params["subscription"])
    world: World = request.app.state.world
    return paged(request, list_deleted(world), lambda d: d.key.casefold(), _show)


async def show_route(request: Request) -> Response:
    admit(request, request.path_params["subscription"])
    return JSONResponse(_show(_require(request)))


async def purge_route(request: Request) -> Response:
    admission = admit(request, request.path_params["subscription"])
    world: World = request.app.state.world
    account = _require(request)
    finishes = world.now() + timedelta(seconds=_PURGE_S)
    place = account.body["location"]
    purge(world, account)
    name = account.key.rpartition("/")[2]
    scope = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{_group(account)}"
    types = ("locations", "resourceGroups", "deletedAccounts")
    target = Target(scope, "Microsoft.CognitiveServices", types, (place, _group(account), name))
    Journal(world, target, "DELETE", admission.caller).ended(202, None, finishes)
    headers = begin(request, "Microsoft.CognitiveServices", place, "Deleting", finishes)
    return Response(status_code=202, headers=headers)


def _require(request: Request) -> Document:
    group, name = request.path_params["group"], request.path_params["name"]
    scope = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{group}"
    world: World = request.app.state.world
    found = find_deleted(world, f"{scope}/providers/{ACCOUNT}/{name}")
    here = request.path_params["location"].replace(" ", "").casefold()
    if found is None or found.body["location"] != here:
        raise ArmError(404, "ResourceNotFound", f"The deleted account '{name}' could not be found.")
    return found


def _group(account: Document) -> str:
    return account.key.split("/")[4]


def _show(account: Document) -> dict[str, Any]:
    notes = account.body[NOTES]
    sent = {key: value for key, value in account.body.items() if key != NOTES}
    name, place = account.key.rpartition("/")[2], account.body["location"]
    provider = f"/subscriptions/{SUBSCRIPTION_ID}/providers/Microsoft.CognitiveServices"
    properties = {
        **(sent.get("properties") or {}),
        "provisioningState": "Succeeded",
        "deletionDate": notes["deleted"],
        "scheduledPurgeDate": notes["purges"],
    }
    return {
        **sent,
        "id": f"{provider}/locations/{place}/resourceGroups/{_group(account)}"
        f"/deletedAccounts/{name}",
        "name": name,
        "type": _KIND,
        "etag": notes["etag"],
        "systemData": notes["system"],
        "properties": properties,
    }


_PLACE = "/subscriptions/{subscription}/providers/Microsoft.CognitiveServices"
_ONE = _PLACE + "/locations/{location}/resourceGroups/{group}/deletedAccounts/{name}"
routes = (
    AzureRoute(_PLACE + "/deletedAccounts", list_route),
    AzureRoute(_ONE, show_route),
    AzureRoute(_ONE, purge_route, ["DELETE"]),
)
