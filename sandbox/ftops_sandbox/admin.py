"""The sandbox's own door, `/_sandbox/…`: on plain http only, where no Azure client ever looks."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ftops_sandbox.errors import ArmError
from ftops_sandbox.faults import parse_fault
from ftops_sandbox.host import is_azure
from ftops_sandbox.moment import iso
from ftops_sandbox.world import ACCOUNT, DEPLOYMENT, JOB, SUBSCRIPTION_ID, TENANT_ID, World

Handler = Callable[[Request, World], Awaitable[Response]]


async def show_status(_request: Request, world: World) -> Response:
    """The clock, and how much there is."""
    counted = {"accounts": ACCOUNT, "deployments": DEPLOYMENT, "jobs": JOB}
    return JSONResponse(
        {
            "now": iso(world.now()),
            "speed": world.clock.speed,
            "state": str(world.state),
            "subscription_id": SUBSCRIPTION_ID,
            "tenant_id": TENANT_ID,
            "faults": len(world.faults),
            **{name: world.store.count(kind) for name, kind in counted.items()},
        }
    )


async def move_clock(request: Request, world: World) -> Response:
    """`{"advance_seconds": N}`, `{"speed": N}` or both; speed first."""
    body = await _body(request)
    if not body.keys() & {"advance_seconds", "speed"}:
        raise _bad('Say "advance_seconds" or "speed".')
    try:
        if "speed" in body:
            world.clock.set_speed(float(body["speed"]))
        if "advance_seconds" in body:
            world.clock.advance(timedelta(seconds=float(body["advance_seconds"])))
    except (TypeError, ValueError, OverflowError) as error:
        raise _bad(str(error)) from error
    return JSONResponse({"now": iso(world.now()), "speed": world.clock.speed})


async def reset(_request: Request, world: World) -> Response:
    """Forgets everything but the clock; faults too."""
    world.store.reset()
    world.faults.clear()
    return JSONResponse({"now": iso(world.now())})


async def stop(request: Request, _world: World) -> Response:
    """Ends the process once this is answered."""
    request.app.state.stop()
    return JSONResponse({}, 202)


async def add_fault(request: Request, world: World) -> Response:
    """One fault, as `faults.parse_fault` reads it."""
    try:
        world.faults.add(parse_fault(await _body(request)))
    except ValueError as error:
        raise _bad(str(error)) from error
    return JSONResponse({"faults": len(world.faults)}, 201)


async def clear_faults(_request: Request, world: World) -> Response:
    """All is well again."""
    world.faults.clear()
    return JSONResponse({"faults": 0})


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise _bad("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise _bad("The body is not a JSON object.")
    return body


def _bad(message: str) -> ArmError:
    return ArmError(400, "BadRequest", message)


def _inside(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def checked(request: Request) -> Response:
        # A browser page elsewhere may not move our clock: it cannot hide its Origin.
        foreign = request.url.scheme != "http" or is_azure(request.url.hostname or "")
        if foreign or "origin" in request.headers:
            raise ArmError(404, "NotFound", f"No resource was found at '{request.url.path}'.")
        return await handler(request, request.app.state.world)

    return checked


routes = [
    Route("/_sandbox/status", _inside(show_status), methods=["GET"]),
    Route("/_sandbox/clock", _inside(move_clock), methods=["POST"]),
    Route("/_sandbox/reset", _inside(reset), methods=["POST"]),
    Route("/_sandbox/stop", _inside(stop), methods=["POST"]),
    Route("/_sandbox/faults", _inside(add_fault), methods=["POST"]),
    Route("/_sandbox/faults", _inside(clear_faults), methods=["DELETE"]),
]
