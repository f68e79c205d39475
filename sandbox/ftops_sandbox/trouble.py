"""Trouble as it is done to one request: late, refused, dropped, cut short, doubled or stale."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftops_sandbox.faults import Fault
from ftops_sandbox.host import account_name

_TRANSPORT = "sandbox.transport"


async def suffer(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a request that a fault has hit, through `app` where it is let through at all."""
    if fault.delay_ms:
        await asyncio.sleep(fault.delay_ms / 1000)
    if fault.drop:
        await _cut(scope, "abort")
    elif fault.status is not None:
        await _refusal(fault, Request(scope))(scope, receive, send)
    elif fault.stale and fault.past is not None:
        await fault.past(scope, receive, send)
    elif fault.duplicate:
        await _twice(app, scope, receive, send)
    elif fault.truncate:
        await app(scope, receive, _cutting(scope, send))
    else:
        await app(scope, receive, send)


async def _twice(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The network delivered the request twice: the client hears the answer to the second."""
    body = await Request(scope, receive).body()

    async def swallow(_message: Message) -> None:
        return

    for answer in (swallow, send):
        await app(dict(scope), _replay(body), answer)


def _replay(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            await asyncio.Event().wait()  # a client that only waits for its answer says nothing
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _cutting(scope: Scope, send: Send) -> Send:
    """Passes on the head and the first half of what is said first, then hangs up."""
    done = False

    async def send_half(message: Message) -> None:
        nonlocal done
        if done:
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        done = True
        body: bytes = message.get("body", b"")
        if len(body) > 1:
            await send({**message, "body": body[: len(body) // 2], "more_body": True})
        await _cut(scope, "close" if len(body) > 1 else "abort")

    return send_half


async def _cut(scope: Scope, how: str) -> None:
    if hang_up(scope, how):
        await asyncio.sleep(0.01)  # until the server knows that there is nobody to answer


def hang_up(scope: Scope, how: str) -> bool:
    """Ends the connection, where there is one: `abort` at once, `close` after what was said."""
    connection = scope.get("extensions", {}).get(_TRANSPORT)
    if connection is not None:
        connection[how]()
    return connection is not None


def _refusal(fault: Fault, request: Request) -> JSONResponse:
    error = {"code": fault.code, "message": fault.message}
    headers = {}
    if fault.retry_after_ms is not None:
        # ARM speaks in whole seconds; the data plane adds milliseconds, as SDKs prefer.
        headers["retry-after-ms"] = str(fault.retry_after_ms)
        if account_name(request.headers.get("host", "")) is None:
            headers["retry-after"] = str(-(-fault.retry_after_ms // 1000))
    return JSONResponse({"error": error}, fault.status or 500, headers)
