"""The models, SKUs and usages of a region and of an account, as Azure lists them."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.quota import usages
from ftops_sandbox.arm.region import region_name
from ftops_sandbox.arm.resource_type import Call
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso
from ftops_sandbox.offer import Model, midnight, offer, pool_name
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.world import World

_CAPACITY = {"minimum": 1, "step": 1, "default": 10}
_MADE = "2025-04-14T00:00:00Z"


async def list_location_models(request: Request) -> Response:
    """One entry per model and account kind."""
    region = region_of(request)
    entries = [
        {
            "kind": kind,
            "skuName": "S0",
            "model": show_model(model, region),
            "description": f"Model: {model.name}, Version: {model.version}",
        }
        for model in offer().models
        if model.skus(region)
        for kind in model.kinds
    ]
    return JSONResponse({"value": entries})


async def list_location_usages(request: Request) -> Response:
    """Every quota pool of the region."""
    world: World = request.app.state.world
    return JSONResponse({"value": usages(world, region_of(request))})


async def list_resource_skus(request: Request) -> Response:
    """The SKUs of accounts; each kind has S0 and nothing else."""
    admit(request, request.path_params["subscription"])
    value = [
        {
            "resourceType": "accounts",
            "name": "S0",
            "tier": "Standard",
            "kind": kind,
            "locations": [region.upper() for region in offer().regions],
            "restrictions": [],
        }
        for kind in ("OpenAI", "AIServices")
    ]
    return JSONResponse({"value": value})


def list_account_models(call: Call) -> Response:
    """What may be deployed into the account; tuned models are listed by the data plane."""
    region, kind = call.document.body["location"], call.document.body["kind"]
    value = [
        show_model(model, region)
        for model in offer().models
        if kind in model.kinds and model.skus(region)
    ]
    return JSONResponse({"value": value})


def list_account_skus(_call: Call) -> Response:
    """The SKUs that the account could change to."""
    sku = {"name": "S0", "tier": "Standard"}
    return JSONResponse(
        {"value": [{"resourceType": "Microsoft.CognitiveServices/accounts", "sku": sku}]}
    )


def list_account_usages(_call: Call) -> Response:
    """Nothing: these kinds are counted by region, not by account."""
    return JSONResponse({"value": []})


def show_model(model: Model, region: str) -> dict[str, Any]:
    """A model's entry: what it can do here, until when, and with which SKUs."""
    trained = [kind for kind in model.training_types if model.trains(region, kind)]
    capabilities = {
        "fineTune": str(bool(trained)).lower(),
        "inference": "true",
        model.capability: "true",
    }
    entry: dict[str, Any] = {
        "format": model.format,
        "name": model.name,
        "version": model.version,
        "isDefaultVersion": True,
        "maxCapacity": max(offer().quota.values()),
        "capabilities": capabilities,
        "lifecycleStatus": model.lifecycle,
        "deprecation": _dates(fineTune=model.training_until, inference=model.inference_until),
        "skus": [_sku(model, sku) for sku in model.skus(region)],
        "systemData": {
            "createdBy": "Microsoft",
            "createdAt": _MADE,
            "lastModifiedBy": "Microsoft",
            "lastModifiedAt": _MADE,
        },
    }
    tuned = model.skus(region, tuned=True)
    if tuned:
        entry["finetuneCapabilities"] = capabilities | {"scaleType": ",".join(tuned)}
    return entry


def _sku(model: Model, sku: str) -> dict[str, Any]:
    limit = offer().quota[sku]
    return {
        "name": sku,
        "usageName": pool_name(model, sku, tuned=False),
        "capacity": {**_CAPACITY, "maximum": limit},
        **({"deprecationDate": _day(model.inference_until)} if model.inference_until else {}),
        "rateLimits": [
            {"key": "request", "renewalPeriod": 60, "count": model.requests_per_unit},
            {"key": "token", "renewalPeriod": 60, "count": 1000},
        ],
    }


def _dates(**days: date | None) -> dict[str, str]:
    return {name: _day(day) for name, day in days.items() if day}


def _day(day: date) -> str:
    return iso(midnight(day)).replace(".000000", "")


def region_of(request: Request) -> str:
    """The canonical region of a path; 400 in Azure's words for one that there is not."""
    admit(request, request.path_params["subscription"])
    given = request.path_params["location"]
    region = region_name(given)
    if region not in offer().regions:
        raise ArmError(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{given}' is not available for resource type 'locations'. "
            f"List of available regions for the resource type is '{','.join(offer().regions)}'.",
        )
    return region


_PLACE = "/subscriptions/{subscription}/providers/Microsoft.CognitiveServices"
routes = (
    AzureRoute(_PLACE + "/skus", list_resource_skus),
    AzureRoute(_PLACE + "/locations/{location}/models", list_location_models),
    AzureRoute(_PLACE + "/locations/{location}/usages", list_location_usages),
)
