"""Role definitions: the built-in ones, and custom ones of the subscription."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.access import (
    ASSIGNMENT,
    DEFINITION,
    SUBSCRIPTION,
    drop_role,
    find_role,
    keep_role,
)
from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.render import show as render
from ftops_sandbox.arm.resource_type import Body, Kept, ResourceType, View, Write
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.signin import base_url
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World

_LISTS = ("actions", "notActions", "dataActions", "notDataActions")


def check(write: Write) -> Kept:
    """A GUID, a name, and permissions that are lists of texts."""
    require_guid(write.name, "role definition")
    properties = write.body.get("properties") or {}
    if write.before is not None:
        _require_custom(write.before)
    if not isinstance(properties.get("roleName"), str) or not properties["roleName"]:
        raise _bad("InvalidRoleDefinition", "The role has no roleName.")
    permissions = properties.get("permissions")
    if not isinstance(permissions, list) or not all(map(_is_permission, permissions)):
        raise _bad("InvalidRoleDefinition", "The permissions of a role are lists of actions.")
    properties["type"] = "CustomRole"
    return Kept()


def require_guid(name: str, what: str) -> None:
    """Names in this namespace are GUIDs."""
    try:
        uuid.UUID(name)
    except ValueError:
        code = "Invalid" + what.title().replace(" ", "") + "Id"
        message = f"The {what} ID '{name}' is not valid. The {what} ID must be a GUID."
        raise _bad(code, message) from None


def show(view: View) -> Body:
    """When it was made."""
    return {"properties": {"createdOn": iso(view.document.created)}}


def find(world: World, _scope: str, query: Mapping[str, str]) -> list[Document]:
    """Every role, whatever the scope; `roleName eq` and `type eq` narrow it."""
    expression = query.get("$filter", "")
    found = world.store.list(DEFINITION)
    for part in expression.replace(" AND ", " and ").split(" and "):
        name, operator, value = (*part.strip().split(" ", 2), "", "")[:3]
        field = {"rolename": "roleName", "type": "type"}.get(name.casefold())
        if field and operator == "eq":
            wanted = value.strip(" '").casefold()
            found = [d for d in found if d.body["properties"][field].casefold() == wanted]
    return found


def written(world: World, document: Document, _before: Document | None) -> None:
    """It may be assigned from now on."""
    keep_role(world, document.key)


def removed(world: World, document: Document, _caller: Caller) -> None:
    """A built-in role stays, and so does one that somebody has."""
    _require_custom(document)
    name = document.key.rpartition("/")[2]
    for one in world.store.list(ASSIGNMENT):
        if str(one.body["properties"]["roleDefinitionId"]).casefold().endswith(name.casefold()):
            raise _bad(
                "RoleDefinitionHasAssignments",
                "There are existing role assignments referencing role (code: "
                "RoleDefinitionHasAssignments).",
            )
    drop_role(world, document.key)


async def read(request: Request) -> Response:
    """One role by its GUID, at whatever scope it is asked for."""
    admit(request)
    world: World = request.app.state.world
    name = request.path_params["name"]
    found = find_role(world, name)
    if found is None:
        raise ArmError(
            404,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{name}' does not exist.",
        )
    headers = {"ETag": found.body[NOTES]["etag"]}
    return JSONResponse(render(TYPE, world, found, base_url(request)), headers=headers)


def _is_permission(given: Any) -> bool:
    return isinstance(given, dict) and all(
        isinstance(given.get(name, []), list)
        and all(isinstance(one, str) for one in given.get(name, []))
        for name in _LISTS
    )


def _require_custom(document: Document) -> None:
    if document.body["properties"]["type"] == "BuiltInRole":
        raise ArmError(
            403, "BuiltInRoleCannotBeModified", "A built-in role can neither change nor go."
        )


def _bad(code: str, message: str) -> ArmError:
    return ArmError(400, code, message)


_ONE = f"/providers/{DEFINITION}/{{name}}"
TYPE = ResourceType(
    name=DEFINITION,
    api_versions=("2018-01-01-preview", "2022-04-01", "2022-05-01-preview"),
    example={
        "properties": {
            "roleName": "Example",
            "permissions": [{"actions": ["*/read"], "notActions": []}],
            "assignableScopes": [SUBSCRIPTION],
        }
    },
    scope="any",
    shows_stamps=False,
    shows_state=False,
    methods=frozenset({"PUT", "DELETE"}),
    spell=lambda word: str(uuid.uuid5(uuid.NAMESPACE_OID, word)),
    check=check,
    show=show,
    find=find,
    written=written,
    removed=removed,
    routes=(AzureRoute(_ONE, read), AzureRoute("/{scope:path}" + _ONE, read)),
)
