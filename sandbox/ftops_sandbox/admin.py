"""The sandbox's own door, `/_sandbox/…`: on plain http only, where no Azure client ever looks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ftops_sandbox.arm.expiry import expire
from ftops_sandbox.bearer import mint
from ftops_sandbox.blueprint import parse_blueprint
from ftops_sandbox.building import build
from ftops_sandbox.errors import ArmError, OpenAIError
from ftops_sandbox.faults import parse_fault
from ftops_sandbox.host import is_azure
from ftops_sandbox.inspection import dump
from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.payload import parse_json
from ftops_sandbox.traffic import find_deployment, parse_traffic, write_traffic
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
    """`{"speed": N}`, `{"advance_seconds": N}`, `{"set": MOMENT}` or several; in this order."""
    body = await _body(request)
    if not body.keys() & {"advance_seconds", "speed", "set"}:
        raise _bad('Say "advance_seconds", "set" or "speed".')
    try:
        if "speed" in body:
            world.clock.set_speed(float(body["speed"]))
        if "advance_seconds" in body:
            world.clock.advance(timedelta(seconds=float(body["advance_seconds"])))
        if "set" in body:
            world.clock.set(parse_moment(str(body["set"])))
    except (TypeError, ValueError, OverflowError) as error:
        raise _bad(str(error)) from error
    await run_in_threadpool(expire, world)
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
        fault = parse_fault(await _body(request))
    except ValueError as error:
        raise _bad(str(error)) from error
    if fault.stale:
        mint(world.store, "sandbox")  # the past must know the secret that tokens are signed with
        fault.past = _past(world)
    world.faults.add(fault)
    return JSONResponse({"now": iso(world.now()), "faults": len(world.faults)}, 201)


def _past(world: World) -> ASGIApp:
    """The world as it is now, answering by itself."""
    from ftops_sandbox.app import build_app  # which is made of this module, among others

    return build_app(world.twin())


async def list_faults(_request: Request, world: World) -> Response:
    """Every fault in force, the oldest first."""
    return JSONResponse({"now": iso(world.now()), "faults": world.faults.show()})


async def clear_faults(_request: Request, world: World) -> Response:
    """All is well again."""
    world.faults.clear()
    return JSONResponse({"now": iso(world.now()), "faults": 0})


async def add_traffic(request: Request, world: World) -> Response:
    """`{"deployment": NAME or id, "rate": "10/h", "since": "3d", "profile", "seed"}`."""
    body = await _body(request)

    def write() -> Response:
        now = world.now()
        try:
            deployment = find_deployment(world, str(body.get("deployment") or ""))
            calls = write_traffic(world, deployment, parse_traffic(body, now))
        except (ValueError, OpenAIError) as error:
            raise _bad(str(error)) from error
        return JSONResponse({"now": iso(now), "deployment": deployment.key, "calls": calls}, 201)

    return await run_in_threadpool(write)


async def load_world(request: Request, world: World) -> Response:
    """A whole blueprint, or nothing of it."""
    body = await _body(request)

    def load() -> Response:
        now = world.now()
        try:
            made = build(world, parse_blueprint(body, now))
            made["expired"] = expire(world)
        except ValueError as error:
            raise _bad(str(error)) from error
        return JSONResponse({"now": iso(now), **made}, 201)

    return await run_in_threadpool(load)


async def show_state(request: Request, world: World) -> Response:
    """Everything there is; `?kind=` narrows it, `?events=no` leaves out what happened."""
    asked = request.query_params
    events = asked.get("events") != "no"
    return await run_in_threadpool(
        lambda: JSONResponse(dump(world, asked.get("kind"), events=events))
    )


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = parse_json(await request.body())
    except ValueError as error:
        raise _bad(f"The body is not JSON that can be kept: {error}") from error
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
    Route("/_sandbox/faults", _inside(list_faults), methods=["GET"]),
    Route("/_sandbox/faults", _inside(add_fault), methods=["POST"]),
    Route("/_sandbox/faults", _inside(clear_faults), methods=["DELETE"]),
    Route("/_sandbox/traffic", _inside(add_traffic), methods=["POST"]),
    Route("/_sandbox/world", _inside(load_world), methods=["POST"]),
    Route("/_sandbox/state", _inside(show_state), methods=["GET"]),
]
