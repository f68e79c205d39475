"""The first thing a request meets: faults on order, and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import re
import uuid
from email.utils import format_datetime

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftops_sandbox.faults import Fault
from ftops_sandbox.host import account_name
from ftops_sandbox.world import World

_SLASHES = re.compile("//+")
_ADMIN = "/_sandbox"


class Front:
    """`Date` is the sandbox's clock: clients that must not trust their own read ARM's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        world: World = scope["app"].state.world
        scope["path"] = _SLASHES.sub("/", scope["path"]) or "/"
        request = Request(scope)
        send = _with_headers(world, request, send)
        fault = None if scope["path"].startswith(_ADMIN) else world.faults.take(_line(scope))
        if fault and not await _pass(fault, request):
            if not fault.drop:
                await _refusal(fault, request)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _line(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['method']} {scope['path']}" + (f"?{query}" if query else "")


def _with_headers(world: World, request: Request, send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            identity = str(uuid.uuid4())
            headers["date"] = format_datetime(world.now(), usegmt=True)
            headers.setdefault("x-ms-request-id", identity)
            headers.setdefault("cache-control", "no-cache")
            for name in ("x-ms-correlation-request-id", "x-ms-client-request-id"):
                if given := request.headers.get(name):
                    headers.setdefault(name, given)
            headers.setdefault("x-ms-correlation-request-id", identity)
            if "/subscriptions/" in request.scope["path"].casefold():
                word = "reads" if request.method in ("GET", "HEAD") else "writes"
                headers.setdefault(f"x-ms-ratelimit-remaining-subscription-{word}", "11999")
        await send(message)

    return send_with_headers


async def _pass(fault: Fault, request: Request) -> bool:
    """Whether the request may go on after this fault."""
    if fault.delay_ms:
        await asyncio.sleep(fault.delay_ms / 1000)
    if fault.drop:
        connection = request.scope.get("extensions", {}).get("sandbox.transport")
        if connection is not None:
            connection["abort"]()
            await asyncio.sleep(0.01)  # until the server knows that there is nobody to answer
        return False
    return fault.status is None


def _refusal(fault: Fault, request: Request) -> JSONResponse:
    error = {"code": fault.code, "message": fault.message}
    headers = {}
    if fault.retry_after_ms is not None:
        # ARM speaks in whole seconds; the data plane adds milliseconds, as SDKs prefer.
        headers["retry-after-ms"] = str(fault.retry_after_ms)
        if account_name(request.headers.get("host", "")) is None:
            headers["retry-after"] = str(-(-fault.retry_after_ms // 1000))
    return JSONResponse({"error": error}, fault.status or 500, headers)
