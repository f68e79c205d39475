"""The first thing a request meets: faults on order, and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import uuid
from email.utils import format_datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftops_sandbox.arm.expiry import expire, is_due
from ftops_sandbox.errors import ArmError, render_error
from ftops_sandbox.trouble import hang_up, suffer
from ftops_sandbox.world import World

_SLASHES = re.compile("//+")
_ADMIN = "/_sandbox"
_VERSION = b"api-version="
# Resource Manager reads the parameter's name in any letter case.
_VERSIONS = re.compile(rb"(?:(?<=&)|^)api-version=", re.IGNORECASE)
_BODY_BYTES_MAX = 4 * 2**20
# An upload may have 512 MB, and a form around it.
_FILE_BYTES_MAX = 520 * 2**20
_THROTTLED = 429
_LIMITED = {"GET": b"reads", "HEAD": b"reads", "DELETE": b"deletes"}
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
        if _VERSION not in scope["query_string"]:
            scope["query_string"] = _VERSIONS.sub(_VERSION, scope["query_string"])
        fault = None
        if len(world.faults) and not scope["path"].startswith(_ADMIN):
            fault = world.faults.take(_line(scope))
        send, receive = _with_headers(world, scope, send), _bounded(scope, receive)
        try:
            if is_due(world):
                await run_in_threadpool(expire, world)
            if fault:
                await suffer(fault, self._app, scope, receive, send)
            else:
                await self._app(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is there to hear an answer
        except asyncio.CancelledError:
            hang_up(scope, "abort")  # the sandbox stops, and has waited long enough
        except sqlite3.Error as error:
            told = f"The sandbox cannot keep its state: {error}. Nothing of the request was kept."
            refusal = ArmError(503, "ServiceUnavailable", told)
            await (await render_error(Request(scope), refusal))(scope, receive, send)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Refuses a body larger than Azure takes: 4 MB, but for files and the sandbox's own door."""
    path: str = scope["path"]
    roomy = path.startswith(_ADMIN) or path.casefold().rstrip("/").endswith("/files")
    left = _FILE_BYTES_MAX if roomy else _BODY_BYTES_MAX

    async def receive_bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise ArmError(413, "RequestEntityTooLarge", "The request body is too large.")
        return message

    return receive_bounded


def _line(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['method']} {scope['path']}" + (f"?{query}" if query else "")


def _with_headers(world: World, scope: Scope, send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            headers = [pair for pair in message["headers"] if pair[0].lower() != b"date"]
            headers.append((b"date", format_datetime(world.now(), usegmt=True).encode()))
            ours = _ours(scope, throttled=message["status"] == _THROTTLED)
            headers += [(name, value) for name, value in ours.items() if name not in there]
            message["headers"] = headers
        await send(message)

    return send_with_headers


def _ours(scope: Scope, *, throttled: bool) -> dict[bytes, bytes]:
    """What an answer says of itself where its handler has not said it."""
    identity = str(uuid.uuid4()).encode()
    ours = {
        b"x-ms-request-id": identity,
        b"cache-control": b"no-cache",
        b"x-ms-correlation-request-id": identity,
    }
    ours |= {name: value for name, value in scope["headers"] if name in _ECHOED and value}
    if "/subscriptions/" in scope["path"].casefold():
        word = _LIMITED.get(scope["method"], b"writes")
        told = str(scope.get("requests_left", 11999)).encode()
        left = (b"0", b"0") if throttled else (told, b"179999")
        ours[b"x-ms-ratelimit-remaining-subscription-" + word] = left[0]
        ours[b"x-ms-ratelimit-remaining-subscription-global-" + word] = left[1]
        ours[b"x-ms-routing-request-id"] = b"SANDBOX:" + identity
    return ours
