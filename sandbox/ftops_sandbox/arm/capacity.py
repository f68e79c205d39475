"""How much of a model may still be deployed, by region and SKU, and what a workload would need."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.model_list import region_of
from ftops_sandbox.arm.page import paged
from ftops_sandbox.arm.quota import find_pool
from ftops_sandbox.arm.writing import read_body
from ftops_sandbox.errors import ArmError
from ftops_sandbox.offer import Model, offer
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.world import DEPLOYMENT, SUBSCRIPTION_ID, World

_PTU_MIN, _PTU_STEP = 15, 5
# Tokens a minute that one provisioned unit serves, where nothing better is known of a model.
_TOKENS_PER_PTU = 2500


async def list_capacities(request: Request) -> Response:
    """Of one model, in every region."""
    admit(request, request.path_params["subscription"])
    return _list(request, offer().regions)


async def list_location_capacities(request: Request) -> Response:
    """Of one model, in one region."""
    return _list(request, (region_of(request),))


async def calculate(request: Request) -> Response:
    """The provisioned units that a workload would need; an estimate, as Azure's is."""
    admit(request, request.path_params["subscription"])
    body = await read_body(request)
    model = _find(body.get("model"))
    tokens = sum(_tokens_a_minute(load) for load in body.get("workloads") or [])
    units = max(1, math.ceil(tokens / _TOKENS_PER_PTU))
    deployable = max(_PTU_MIN, math.ceil(units / _PTU_STEP) * _PTU_STEP)
    shown = {"format": model.format, "name": model.name, "version": model.version}
    return JSONResponse(
        {
            "model": shown,
            "skuName": body.get("skuName"),
            "estimatedCapacity": {"value": units, "deployableValue": deployable},
        }
    )


def _list(request: Request, regions: Iterable[str]) -> Response:
    asked = {
        name: request.query_params.get(f"model{name.title()}", "")
        for name in ("format", "name", "version")
    }
    if not all(asked.values()):
        raise _bad("The parameters modelFormat, modelName and modelVersion are required.")
    model = offer().find(asked["name"], asked["version"], asked["format"])
    world: World = request.app.state.world
    found = [
        _show(world, model, sku, region)
        for region in sorted(regions)
        if model is not None
        for sku in model.skus(region)
    ]
    found.sort(key=lambda one: str(one["id"]))
    return paged(request, found, lambda one: str(one["id"]), lambda one: one)


def _show(world: World, model: Model, sku: str, region: str) -> dict[str, Any]:
    spelled = f"{model.format}.{model.name}.{model.version}"
    place = f"/subscriptions/{SUBSCRIPTION_ID}/providers/Microsoft.CognitiveServices"
    tuned = _free(world, model, sku, region, tuned=True)
    return {
        "id": f"{place}/locations/{region}/models/{spelled}/skuCapacities/{sku}",
        "type": "Microsoft.CognitiveServices/locations/models/skuCapacities",
        "name": sku,
        "location": region,
        "properties": {
            "model": {"format": model.format, "name": model.name, "version": model.version},
            "skuName": sku,
            "availableCapacity": _free(world, model, sku, region, tuned=False),
            "availableFinetuneCapacity": tuned if sku in model.skus(region, tuned=True) else 0,
        },
    }


def _free(world: World, model: Model, sku: str, region: str, *, tuned: bool) -> float:
    pool = find_pool(model, sku, region, tuned=tuned) if _has_pool(sku, tuned=tuned) else None
    return max(0.0, pool.limit - world.store.total(DEPLOYMENT, pool.key)) if pool else 0.0


def _has_pool(sku: str, *, tuned: bool) -> bool:
    return not tuned or "Provisioned" in sku or f"{sku}-finetune" in offer().quota


def _find(asked: Any) -> Model:
    given: Mapping[str, Any] = asked if isinstance(asked, dict) else {}
    words = [str(given.get(key) or "") for key in ("name", "version", "format")]
    model = offer().find(*words) if all(words) else None
    if model is None:
        raise ArmError(
            400,
            "DeploymentModelNotSupported",
            f"The model 'Format:{words[2]},Name:{words[0]},Version:{words[1]}' is not supported",
        )
    return model


def _tokens_a_minute(load: Any) -> float:
    given = load if isinstance(load, dict) else {}
    each = given.get("requestParameters")
    parameters = each if isinstance(each, dict) else {}
    numbers = [
        given.get("requestPerMinute", 0),
        parameters.get("avgPromptTokens", 0),
        parameters.get("avgGeneratedTokens", 0),
    ]
    if not all(type(n) in (int, float) and 0 <= n <= 1e12 for n in numbers):  # noqa: PLR2004 -- no workload is larger
        raise _bad("A workload's numbers are not numbers from 0.")
    return float(numbers[0] * (numbers[1] + numbers[2]))


def _bad(message: str) -> ArmError:
    return ArmError(400, "InvalidRequestContent", message)


_PLACE = "/subscriptions/{subscription}/providers/Microsoft.CognitiveServices"
routes = (
    AzureRoute(_PLACE + "/modelCapacities", list_capacities),
    AzureRoute(_PLACE + "/locations/{location}/modelCapacities", list_location_capacities),
    AzureRoute(_PLACE + "/calculateModelCapacity", calculate, ["POST"]),
)
