"""Long-running operations: kept by id, finished by the clock and never by being asked."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.gate import admit
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.signin import base_url
from ftops_sandbox.world import World

_KIND = "operation"
# Recordings of 2023 and 2025 alike poll with this version.
_VERSION = "2017-04-18"
_WAIT_MS_MIN, _WAIT_MS_MAX = 50, 1000


def begin(
    request: Request, namespace: str, location: str, verb: str, finishes: datetime
) -> dict[str, str]:
    """Keeps an operation and answers the headers that lead a client to it."""
    world: World = request.app.state.world
    identity = str(uuid.uuid4())
    subscription = request.url.path.split("/")[2]
    body = {"verb": verb, "finishes": iso(finishes)}
    world.store.put(_KIND, identity, body, created=world.now())
    place = f"/providers/{namespace}/locations/{location}/operationResults/{identity}"
    url = f"{base_url(request)}/subscriptions/{subscription}{place}?api-version={_VERSION}"
    return {
        "Azure-AsyncOperation": url,
        "Location": f"{url}&operationResultResponseType=Location",
        **wait_header(world, finishes),
    }


def wait_header(world: World, finishes: datetime) -> dict[str, str]:
    """`retry-after-ms` alone: Go sleeps half a minute on any fraction of a second elsewhere."""
    left_ms = (finishes - world.now()) / timedelta(milliseconds=1)
    if left_ms <= 0:
        return {}
    speed = world.clock.speed
    wait_ms = left_ms / speed if speed else _WAIT_MS_MAX
    return {"retry-after-ms": str(int(min(_WAIT_MS_MAX, max(_WAIT_MS_MIN, wait_ms + 1))))}


async def show_operation(request: Request) -> Response:
    """The status body for Azure-AsyncOperation, or 202 and then 200 for Location."""
    admit(request, request.path_params["subscription"])
    world: World = request.app.state.world
    identity = request.path_params["identity"]
    kept = world.store.get(_KIND, identity)
    if kept is None:
        raise ArmError(404, "OperationNotFound", f"The operation '{identity}' was not found.")
    finishes = parse_moment(kept.body["finishes"])
    done = world.now() >= finishes
    headers = wait_header(world, finishes)
    if request.query_params.get("operationResultResponseType") == "Location":
        return Response(status_code=200 if done else 202, headers=headers)
    body = {
        "id": request.url.path,
        "name": identity,
        "status": "Succeeded" if done else kept.body["verb"],
        "startTime": iso(kept.created),
    }
    if done:
        body["endTime"] = iso(finishes)
    return JSONResponse(body, headers=headers)


_PLACE = "/subscriptions/{subscription}/providers/{namespace}/locations/{location}"
routes = [
    AzureRoute(_PLACE + "/operationResults/{identity}", show_operation),
    AzureRoute(_PLACE + "/operationStatuses/{identity}", show_operation),
]
