"""The first thing a request meets: faults on order, and the headers that every answer carries."""

from __future__ import annotations

import re
import uuid
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftops_sandbox.trouble import suffer
from ftops_sandbox.world import World

_SLASHES = re.compile("//+")
_ADMIN = "/_sandbox"
_ECHOED = (b"x-ms-correlation-request-id", b"x-ms-client-request-id")


class Front:
    """`Date` is the sandbox's clock: clients that must not trust their own read ARM's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        world: World = scope["app"].state.world
        if "//" in scope["path"]:
            scope["path"] = _SLASHES.sub("/", scope["path"])
        scope["path"] = scope["path"] or "/"
        fault = None
        if len(world.faults) and not scope["path"].startswith(_ADMIN):
            fault = world.faults.take(_line(scope))
        send = _with_headers(world, scope, send)
        if fault:
            await suffer(fault, self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _line(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['method']} {scope['path']}" + (f"?{query}" if query else "")


def _with_headers(world: World, scope: Scope, send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            headers = [pair for pair in message["headers"] if pair[0].lower() != b"date"]
            headers.append((b"date", format_datetime(world.now(), usegmt=True).encode()))
            ours = _ours(scope)
            headers += [(name, value) for name, value in ours.items() if name not in there]
            message["headers"] = headers
        await send(message)

    return send_with_headers


def _ours(scope: Scope) -> dict[bytes, bytes]:
    """What an answer says of itself where its handler has not said it."""
    identity = str(uuid.uuid4()).encode()
    ours = {
        b"x-ms-request-id": identity,
        b"cache-control": b"no-cache",
        b"x-ms-correlation-request-id": identity,
    }
    ours |= {name: value for name, value in scope["headers"] if name in _ECHOED and value}
    if "/subscriptions/" in scope["path"].casefold():
        word = b"reads" if scope["method"] in ("GET", "HEAD") else b"writes"
        ours[b"x-ms-ratelimit-remaining-subscription-" + word] = b"11999"
    return ours
