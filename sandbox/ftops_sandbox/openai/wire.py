"""What every handler of the data plane does with a request: read it, and page an answer."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.payload import parse_json
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

_PAGE, _PAGE_MAX = 20, 100


def world_of(request: Request) -> World:
    world: World = request.app.state.world
    return world


def account_of(request: Request) -> Document:
    """The account that the address names; 404 for a path that came without one."""
    account = getattr(request.state, "account", None)
    if not isinstance(account, Document):
        raise OpenAIError(404, "404", "Resource not found")
    if "/openai/v1/" not in request.url.path.casefold() + "/":
        _require_version(request)
    return account


def _require_version(request: Request) -> None:
    if not request.query_params.get("api-version"):
        raise OpenAIError(404, "404", "Resource not found")


def base_url_of(request: Request) -> str:
    """Scheme, host and what stands before `/openai` in the address that the client used."""
    # The path as it came: the account may stand in it, where the host does not name it.
    path = request.scope.get("raw_path", b"").decode("latin-1")
    before = path[: max(0, path.casefold().find("/openai/"))]
    return f"{request.url.scheme}://{request.url.netloc}{before}"


BodyHandler = Callable[[Request, dict[str, Any]], Response]


def with_body(handler: BodyHandler) -> Callable[[Request], Awaitable[Response]]:
    """A handler that is given the request's JSON object and may take its time."""

    async def read(request: Request) -> Response:
        account_of(request)
        try:
            body = parse_json(await request.body())
        except ValueError:
            raise bad_request("The request body is not valid JSON.") from None
        if not isinstance(body, dict):
            raise bad_request("The request body is not a JSON object.")
        return await run_in_threadpool(handler, request, body)

    return read


def bad_request(message: str, code: str = "invalidPayload") -> OpenAIError:
    return OpenAIError(400, code, message)


def not_found(what: str, identity: str) -> OpenAIError:
    return OpenAIError(404, "notFound", f"The {what} '{identity}' does not exist.")


def new_id(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex}"


def derived_id(prefix: str, *parts: object) -> str:
    """An id that the same parts always give, for what is computed and not stored."""
    spelled = "/".join(str(part) for part in parts)
    return f"{prefix}-{uuid.uuid5(uuid.NAMESPACE_OID, spelled).hex}"


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def page(
    request: Request, items: Sequence[dict[str, Any]], usual: int = _PAGE, most: int = _PAGE_MAX
) -> Response:
    """One page of a list, `limit` (or `usual`) long and starting behind the id `after`."""
    try:
        limit = int(request.query_params.get("limit", usual))
    except ValueError:
        limit = 0
    if not 1 <= limit <= most:
        raise bad_request(f"'limit' must be a number from 1 to {most}.")
    after = request.query_params.get("after")
    start = 0
    if after:
        places = [place for place, item in enumerate(items) if item["id"] == after]
        if not places:
            raise bad_request(f"'after' names '{after}', which is not in the list.")
        start = places[0] + 1
    shown = list(items[start : start + limit])
    more = start + limit < len(items)
    edges = {"first_id": shown[0]["id"], "last_id": shown[-1]["id"]} if shown else {}
    return JSONResponse({"object": "list", "data": shown, "has_more": more, **edges})
