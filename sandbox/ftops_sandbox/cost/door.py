"""Cost Management over HTTP: the query of a scope, and the forecast that is refused."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.path import GROUP_TYPE
from ftops_sandbox.arm.writing import read_body
from ftops_sandbox.cost.definition import parse_definition
from ftops_sandbox.cost.fold import columns, fold
from ftops_sandbox.cost.quota import spend
from ftops_sandbox.cost.spend import read_bill
from ftops_sandbox.errors import ArmError
from ftops_sandbox.signin import base_url
from ftops_sandbox.world import World

PAGE = 1000
_SCOPE = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)(?:/resourceGroups/(?P<group>[^/]+))?", re.IGNORECASE
)


async def query(request: Request) -> Response:
    """`POST /{scope}/providers/Microsoft.CostManagement/query`."""
    scope = _scope(request)
    return await run_in_threadpool(_answer, request, scope, await read_body(request))


async def forecast(request: Request) -> Response:
    """Refused: a forecast is Azure's own, and one made up here would look like it."""
    _scope(request)
    raise ArmError(400, "BadRequest", "The sandbox has no forecast. Ask for what was spent.")


def _answer(request: Request, scope: str, body: Any) -> Response:
    world: World = request.app.state.world
    skip = _skip(request)
    try:
        asked = parse_definition(body, world.now())
    except (ValueError, OverflowError) as error:
        raise _bad(f"Invalid query definition: {error}.") from error
    headers = spend(world, asked.since, asked.last)
    lines = fold(read_bill(world, scope, asked.since, asked.last), asked)
    more = skip + PAGE < len(lines)
    name = str(uuid.uuid4())
    shown = {
        "id": f"{scope.lstrip('/')}/providers/Microsoft.CostManagement/query/{name}",
        "name": name,
        "type": "Microsoft.CostManagement/query",
        "location": None,
        "sku": None,
        "eTag": None,
        "properties": {
            "nextLink": _link(request, skip + PAGE) if more else None,
            "columns": columns(asked),
            "rows": lines[skip : skip + PAGE],
        },
    }
    return JSONResponse(shown, headers=headers)


def _scope(request: Request) -> str:
    scope = "/" + str(request.path_params["scope"]).strip("/")
    match = _SCOPE.fullmatch(scope)
    admit(request, match["subscription"] if match else None, ("2019-11-01", "2025-03-01"))
    if match is None:
        raise _bad(f"The scope '{scope}' is neither a subscription nor a resource group.")
    world: World = request.app.state.world
    if match["group"] and world.store.get(GROUP_TYPE, scope) is None:
        message = f"Resource group '{match['group']}' could not be found."
        raise ArmError(404, "ResourceGroupNotFound", message)
    return scope


def _skip(request: Request) -> int:
    given = {name.casefold(): value for name, value in request.query_params.items()}
    token = given.get("$skiptoken", "0")
    if not token.isascii() or not token.isdigit() or len(token) > len(str(10**9)):
        raise _bad(f"The $skiptoken '{token}' is invalid.")
    return int(token)


def _link(request: Request, skip: int) -> str:
    kept = [
        (name, value)
        for name, value in parse_qsl(request.url.query, keep_blank_values=True)
        if name.casefold() != "$skiptoken"
    ]
    where = f"{base_url(request)}{quote(request.url.path)}"
    return f"{where}?{urlencode([*kept, ('$skiptoken', str(skip))])}"


def _bad(message: str) -> ArmError:
    ending = f"\r\n\r\n (Request ID: {uuid.uuid4()})" if message.startswith("Invalid") else ""
    return ArmError(400, "BadRequest", message + ending)
