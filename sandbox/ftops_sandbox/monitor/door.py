"""Monitor over HTTP: metrics of one resource, their definitions, and the batch of a region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.gate import admit
from ftops_sandbox.bearer import ARM_AUDIENCES, METRICS_AUDIENCES
from ftops_sandbox.errors import ArmError
from ftops_sandbox.monitor.metric import METRICS, NAMESPACE, Metric
from ftops_sandbox.monitor.query import AGGREGATIONS, MetricsError, answer, parse_query, spell
from ftops_sandbox.monitor.window import GRAINS
from ftops_sandbox.payload import parse_json
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

BATCH_MAX = 50
_ACCOUNTS = "/providers/microsoft.cognitiveservices/accounts/"
_METRICS_HOST = ".metrics.monitor.azure.com"


def get_metrics(request: Request) -> Response:
    """`GET {resource}/providers/Microsoft.Insights/metrics`."""
    world, resource_id, account = _resource(request)
    query = parse_query(_parameters(request), world.now())
    window = query.window
    return JSONResponse(
        {
            "cost": max(1, int((window.end - window.start).total_seconds() // 60)),
            "timespan": f"{spell(window.start)}/{spell(window.end)}",
            "interval": window.interval,
            "value": answer(world, account, resource_id, query),
            "namespace": NAMESPACE,
            "resourceregion": account.body["location"],
        }
    )


def get_definitions(request: Request) -> Response:
    """`GET {resource}/providers/Microsoft.Insights/metricDefinitions`."""
    _, resource_id, _ = _resource(request)
    return JSONResponse({"value": [_definition(resource_id, metric) for metric in METRICS]})


async def get_batch(request: Request) -> Response:
    """`POST /subscriptions/{id}/metrics:getBatch` for up to 50 resources of one region."""
    admit(request, request.path_params["subscription"], audiences=METRICS_AUDIENCES)
    try:
        body = parse_json(await request.body())
    except ValueError:
        raise _bad("The request body is not valid JSON.") from None
    ids = body.get("resourceids") if isinstance(body, dict) else None
    if not isinstance(ids, list) or not ids or not all(isinstance(i, str) for i in ids):
        raise _bad("The property 'resourceids' must be a list of resource ids.")
    if len(ids) > BATCH_MAX:
        raise _bad(f"A batch may ask for {BATCH_MAX} resources, not {len(ids)}.")
    return await run_in_threadpool(_batch, request, ids)


def _batch(request: Request, ids: list[str]) -> Response:
    world: World = request.app.state.world
    given = _parameters(request)
    for name in ("metricnamespace", "metricnames"):
        if not given.get(name):
            raise _bad(f"The parameter '{name}' is missing.")
    query = parse_query(given, world.now())
    accounts = [_account(world, identity) for identity in ids]
    _check_region(request, accounts)
    window = query.window
    head = {
        "starttime": spell(window.start),
        "endtime": spell(window.end),
        "interval": window.interval,
        "namespace": NAMESPACE,
    }
    values = [
        {
            **head,
            "resourceregion": account.body["location"],
            "resourceid": identity,
            "value": answer(world, account, identity, query),
        }
        for identity, account in zip(ids, accounts, strict=True)
    ]
    return JSONResponse({"values": values})


def _check_region(request: Request, accounts: list[Document]) -> None:
    """The door of a region knows no resource of another."""
    host = (request.url.hostname or "").casefold()
    regions = {str(account.body["location"]) for account in accounts}
    here = host.removesuffix(_METRICS_HOST) if host.endswith(_METRICS_HOST) else min(regions)
    if regions != {here}:
        raise _bad(f"All resources of a batch must be in the region of its endpoint, '{here}'.")


def _resource(request: Request) -> tuple[World, str, Document]:
    world: World = request.app.state.world
    identity = "/" + request.path_params["resource"].strip("/")
    parts = identity.split("/")
    admit(request, parts[2] if len(parts) > 2 else None, audiences=ARM_AUDIENCES)  # noqa: PLR2004 -- /subscriptions/ID
    return world, identity, _account(world, identity)


def _account(world: World, identity: str) -> Document:
    """The account that a resource id names or lies in; 404 for one that does not exist."""
    place = identity.casefold().find(_ACCOUNTS)
    end = identity.find("/", place + len(_ACCOUNTS))
    account_id = identity if end < 0 else identity[:end]
    account = world.account(account_id) if place >= 0 else None
    if account is None:
        raise ArmError(
            404,
            "ResourceNotFound",
            f"The Resource '{identity}' was not found. For more details please go to "
            "https://aka.ms/ARMResourceNotFoundFix",
        )
    return account


def _definition(resource_id: str, metric: Metric) -> dict[str, Any]:
    return {
        "id": f"{resource_id}/providers/microsoft.insights/metricdefinitions/{metric.name}",
        "resourceId": resource_id,
        "namespace": NAMESPACE,
        "category": "Azure OpenAI",
        "name": {"value": metric.name, "localizedValue": metric.title},
        "displayDescription": metric.description,
        "isDimensionRequired": False,
        "unit": metric.unit,
        "primaryAggregationType": metric.primary,
        "supportedAggregationTypes": [name.title() for name in AGGREGATIONS],
        "metricAvailabilities": [{"timeGrain": g, "retention": "P93D"} for g in GRAINS],
        "dimensions": [{"value": name, "localizedValue": name} for name in metric.dimensions],
    }


def _parameters(request: Request) -> Mapping[str, str]:
    return {name.casefold(): value for name, value in request.query_params.items()}


def _bad(message: str) -> MetricsError:
    return MetricsError(400, "BadRequest", message)
