"""What the caller may do at a scope: one entry for each of its roles there and above."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.access import permissions_at
from ftops_sandbox.arm.gate import admit
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.world import World

_VERSIONS = ("2015-07-01", "2018-07-01", "2022-04-01")
_LEAF = "/providers/Microsoft.Authorization/permissions"
_ONE = "/subscriptions/{subscription}"


async def list_permissions(request: Request) -> Response:
    """Every permission of the caller's own, with its condition, of which there are none here."""
    caller = admit(request, request.path_params["subscription"], _VERSIONS).caller
    world: World = request.app.state.world
    scope = request.url.path.casefold().removesuffix(_LEAF.casefold())
    value = [
        {
            "actions": list(each.get("actions", ())),
            "notActions": list(each.get("notActions", ())),
            "dataActions": list(each.get("dataActions", ())),
            "notDataActions": list(each.get("notDataActions", ())),
        }
        for each in permissions_at(world, caller.name, scope)
    ]
    return JSONResponse({"value": value})


routes = (
    AzureRoute(_ONE + _LEAF, list_permissions),
    AzureRoute(_ONE + "/resourceGroups/{group}" + _LEAF, list_permissions),
)
