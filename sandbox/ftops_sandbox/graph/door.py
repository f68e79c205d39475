"""Resource Graph over HTTP: a query, its page, in either of two formats."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.writing import read_body
from ftops_sandbox.errors import ArmError
from ftops_sandbox.graph.inventory import containers, resources
from ftops_sandbox.graph.pipeline import Table, run
from ftops_sandbox.graph.quota import spend
from ftops_sandbox.graph.refusal import QueryError, refusal
from ftops_sandbox.signin import base_url
from ftops_sandbox.world import SUBSCRIPTION_ID, TENANT_ID, World

_PAGE = 1000
# Before this version an answer was a table unless objects were asked for.
_OBJECTS_SINCE = "2021-03-01"


@dataclass(frozen=True)
class Page:
    """Which rows, and how they are shown."""

    skip: int
    top: int
    objects: bool


async def query(request: Request) -> Response:
    """`POST /providers/Microsoft.ResourceGraph/resources`."""
    admission = admit(request)
    world: World = request.app.state.world
    headers = spend(world, admission.caller.name)
    body = await read_body(request)
    if not isinstance(body.get("query", ""), str):
        raise _bad(world, "InvalidRequest", "The request body has no query.")
    page = _page(world, body, admission.api_version)
    shown = await run_in_threadpool(_answer, world, body, page, base_url(request))
    return JSONResponse(shown, headers=headers)


def _answer(world: World, body: Mapping[str, Any], page: Page, base: str) -> dict[str, Any]:
    _check_scope(world, body)
    text = body.get("query", "")
    tables = {
        "resources": lambda: resources(world, base),
        "resourcecontainers": lambda: containers(world, base),
    }
    try:
        found = run(text, tables, "resources")
    except QueryError as error:
        raise refusal(world.now(), "BadRequest", error.details(text)) from error
    rows = found.rows[page.skip : page.skip + page.top]
    more = page.skip + page.top < len(found.rows)
    # Pages need an id to be kept apart by, and a query without a limit of its own.
    pages = more and "id" in found.columns and not found.limited
    shown: dict[str, Any] = {
        "totalRecords": len(found.rows),
        "count": len(rows),
        "resultTruncated": "true" if more and not pages else "false",
        "facets": [],
        "data": rows if page.objects else _table(found, rows),
    }
    if pages:
        shown["$skipToken"] = _token(text, page.skip + page.top, page.top)
    return shown


def _table(found: Table, rows: list[dict[str, Any]]) -> dict[str, Any]:
    columns = [{"name": name, "type": kind} for name, kind in found.columns.items()]
    return {"columns": columns, "rows": [[row.get(name) for name in found.columns] for row in rows]}


def _check_scope(world: World, body: Mapping[str, Any]) -> None:
    """The one subscription, or the tenant's root group, or nothing for all there is."""
    given = [*_list(body, "subscriptions"), *_list(body, "managementGroups")]
    mine = {SUBSCRIPTION_ID, TENANT_ID}
    if given and not any(str(one).casefold() in mine for one in given):
        raise _bad(
            world,
            "NoValidSubscriptionsInQueryRequest",
            "There must be at least one subscription that is eligible to contain resources. "
            f"Given: '{','.join(map(str, given))}'.",
        )
    if body.get("facets"):
        raise _bad(world, "InvalidFacets", "The sandbox does not compute facets.")


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    given = body.get(name)
    return given if isinstance(given, list) else []


def _page(world: World, body: Mapping[str, Any], version: str) -> Page:
    options = body.get("options") or {}
    if not isinstance(options, dict):
        raise _bad(world, "InvalidOptions", "The options are no object.")
    skip, top = _read_token(world, options.get("$skipToken"), str(body.get("query", "")))
    skip = _whole(world, options, "$skip", skip, 0, 10**9)
    top = _whole(world, options, "$top", top, 1, _PAGE)
    default = "objectArray" if version[:10] >= _OBJECTS_SINCE else "table"
    wanted = str(options.get("resultFormat") or default).casefold()
    if wanted not in ("table", "objectarray"):
        raise _bad(world, "InvalidResultFormat", f"The resultFormat '{wanted}' is not known.")
    return Page(skip, top, wanted == "objectarray")


def _whole(world: World, options: Mapping[str, Any], name: str, default: int, *ends: int) -> int:
    given = options.get(name)
    if given is None:
        return default
    least, most = ends
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise _bad(world, "InvalidOptions", f"{name} lies between {least} and {most}.")
    return given


def _token(text: str, skip: int, top: int) -> str:
    kept = json.dumps([zlib.crc32(text.encode()), skip, top])
    return base64.urlsafe_b64encode(kept.encode()).decode()


def _read_token(world: World, token: Any, text: str) -> tuple[int, int]:
    """Where the next page begins, and its size; the token goes with its own query alone."""
    if not token:
        return 0, _PAGE
    try:
        checksum, skip, top = map(int, json.loads(base64.urlsafe_b64decode(str(token).encode())))
    except (ValueError, TypeError) as error:
        raise _bad(world, "InvalidSkipToken", "The $skipToken is invalid.") from error
    if checksum != zlib.crc32(text.encode()) or skip < 0 or not 1 <= top <= _PAGE:
        raise _bad(world, "InvalidSkipToken", "The $skipToken belongs to another query.")
    return skip, top


def _bad(world: World, code: str, message: str) -> ArmError:
    return refusal(world.now(), "BadRequest", [{"code": code, "message": message}])
