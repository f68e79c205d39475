"""The one place where the planes are put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from ftops_sandbox import (
    activity,
    admin,
    arm,
    cost,
    graph,
    metadata,
    monitor,
    openai,
    prices,
    signin,
)
from ftops_sandbox.addressing import Addressing
from ftops_sandbox.arm.throttle import Throttle
from ftops_sandbox.errors import ArmError, OpenAIError, render_error
from ftops_sandbox.front import Front
from ftops_sandbox.routing import Directory
from ftops_sandbox.world import World

# In the order of matching: what is narrow first, Resource Manager's catch-all last.
ROUTES: tuple[BaseRoute, ...] = (
    *admin.routes,
    *metadata.routes,
    *signin.routes,
    *openai.routes,
    *monitor.routes,
    *prices.routes,
    *activity.routes,
    *cost.routes,
    *graph.routes,
    *arm.routes,
)


def build_app(world: World, *, strict: bool = False, throttle: bool = False) -> Starlette:
    """The whole of Azure as one ASGI application over one world.

    A strict one refuses an api-version that is not on a type's list; one that throttles holds
    each principal to Resource Manager's limits.
    """
    app = Starlette(
        routes=[Directory(ROUTES)],
        middleware=[Middleware(Front), Middleware(Addressing)],
        exception_handlers=_handlers(),
    )
    app.state.world = world
    app.state.strict = strict
    app.state.throttle = Throttle() if throttle else None
    openai.attach(world)
    cost.attach(world)
    return app


def _handlers() -> Mapping[Any, Any]:
    return {
        ArmError: render_error,
        OpenAIError: render_error,
        HTTPException: _render_http,
        Exception: _render_crash,
    }


async def _render_http(request: Request, error: Exception) -> Response:
    """No such route, or not by this method: in the words of the plane that was asked."""
    assert isinstance(error, HTTPException), "registered for these alone"
    if hasattr(request.state, "account"):
        shown: ArmError | OpenAIError = OpenAIError(error.status_code, "404", "Resource not found")
    elif error.status_code == 404:  # noqa: PLR2004 -- the status is its own name
        shown = ArmError(404, "NotFound", f"No resource was found at '{request.url.path}'.")
    else:
        shown = ArmError(
            error.status_code,
            "MethodNotAllowed",
            f"The HTTP method '{request.method}' is not supported at '{request.url.path}'.",
        )
    return await render_error(request, shown)


async def _render_crash(_request: Request, _error: Exception) -> Response:
    """Ours to mend; the server logs it, the client sees what Azure would send."""
    message = "Encountered internal server error. Please see the sandbox's log."
    return JSONResponse({"error": {"code": "InternalServerError", "message": message}}, 500)
