"""Resource Manager's generic engine: a method and a path become one operation on one type."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm import removing, writing
from ftops_sandbox.arm.activity_entry import Journal
from ftops_sandbox.arm.gate import Admission, admit
from ftops_sandbox.arm.locate import (
    find_type,
    require_parent,
    require_resource,
    require_scope,
)
from ftops_sandbox.arm.lock import require_unlocked
from ftops_sandbox.arm.operation import wait_header
from ftops_sandbox.arm.page import paged, read_page
from ftops_sandbox.arm.path import Target, parse_target
from ftops_sandbox.arm.render import show
from ftops_sandbox.arm.resource_type import Body, Call, ResourceType, resource_types
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import parse_moment
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.signin import base_url
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World

_METHODS = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE")


async def handle(request: Request) -> Response:
    """Any path that no narrower route took."""
    target = parse_target(request.url.path)
    if target is None or not target.types[0]:
        # Azure asks for the token before it says that there is nothing.
        admit(request)
        raise ArmError(404, "NotFound", f"No resource was found at '{request.url.path}'.")
    admission = admit(request, target.subscription_id if target.scope else None)
    if not target.is_resource:
        return await _on_collection(request, target, admission)
    world: World = request.app.state.world
    kind = find_type(target, admission.api_version)
    _require_level(kind, target, request)
    order = writing.Order(request, world, kind, target, admission)
    if request.method not in ("GET", "HEAD", *kind.methods):
        raise _no_method(request)
    match request.method:
        case "PUT":
            return await writing.put(order)
        case "PATCH":
            return await writing.patch(order)
        case "DELETE":
            return await removing.delete(order)
        case "GET" | "HEAD":
            return _read(order)
    raise _no_method(request)


def _read(order: writing.Order) -> Response:
    world = order.world
    require_scope(world, order.target)
    require_parent(world, order.target, "read")
    document = require_resource(world, order.target)
    notes = document.body[NOTES]
    headers = {"ETag": notes["etag"], **wait_header(world, parse_moment(notes["settles"]))}
    version = order.admission.api_version
    body = show(order.kind, world, document, base_url(order.request), version)
    if order.request.method == "HEAD":
        return Response(status_code=204, headers=headers)
    return JSONResponse(body, headers=headers)


async def _on_collection(request: Request, target: Target, admission: Admission) -> Response:
    known = resource_types()
    kind = known.get(target.type_name.casefold())
    above = target.parent
    if kind is not None and request.method == "GET":
        return _list(request, kind, target, admission)
    if above is not None and above.type_name.casefold() in known:
        return await _act(request, target, above, admission)
    find_type(target, admission.api_version)
    raise _no_method(request)


def _list(request: Request, kind: ResourceType, target: Target, admission: Admission) -> Response:
    world: World = request.app.state.world
    require_scope(world, target)
    base, version = base_url(request), admission.api_version
    shown: Callable[[Document], Body] = lambda d: show(kind, world, d, base, version)  # noqa: E731 -- one shape
    if target.parent is not None:
        require_resource(world, target.parent)
    elif kind.find is not None:
        found = kind.find(world, target.scope, request.query_params)
        return paged(request, found, _key, shown)
    scope = target.parent.id if target.parent else target.scope
    deep = target.parent is None and kind.scope != "any"

    def read(after: str, count: int) -> list[Document]:
        return world.store.page(kind.name, scope, after, count, below=deep)

    return read_page(request, read, _key, shown)


def _key(document: Document) -> str:
    return document.key.casefold()


async def _act(request: Request, target: Target, above: Target, admission: Admission) -> Response:
    world: World = request.app.state.world
    kind = find_type(above, admission.api_version)
    named = {name.casefold(): action for name, action in kind.actions.items()}
    action = named.get(f"{request.method} {target.types[-1]}".casefold())
    if action is None:
        raise ArmError(
            404,
            "InvalidResourceType",
            f"The resource type '{'/'.join(target.types)}' could not be found in the namespace "
            f"'{target.namespace}' for api version '{admission.api_version}'. The supported "
            f"api-versions are '{','.join(kind.api_versions)}'.",
        )
    require_scope(world, above)
    document = require_resource(world, above)
    if request.method == "POST":
        require_unlocked(world, above.id, "write")
    sent = await writing.read_json(request) if request.method == "POST" else {}
    body, items = (sent, ()) if isinstance(sent, dict) else ({}, sent)
    items = items if isinstance(items, list) else ()
    answer = action(Call(world, document, body, admission.caller, base_url(request), items))
    if request.method == "POST":
        Journal(world, target, "POST", admission.caller).ended(200, None)
    return await answer if inspect.isawaitable(answer) else answer


def _require_level(kind: ResourceType, target: Target, request: Request) -> None:
    if kind.scope == "group" and not target.group:
        raise ArmError(404, "NotFound", f"No resource was found at '{request.url.path}'.")


def _no_method(request: Request) -> ArmError:
    return ArmError(
        405,
        "MethodNotAllowed",
        f"The HTTP method '{request.method}' is not supported at '{request.url.path}'.",
    )


routes = [AzureRoute("/{path:path}", handle, _METHODS)]
