"""What a region's content filters are, and which commitments can be bought there: none."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.model_list import region_of
from ftops_sandbox.errors import ArmError
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.world import SUBSCRIPTION_ID

# Name, whether it has levels, and the one side that it looks at where it looks at one.
_FILTERS = (
    ("Hate", True, ""),
    ("Sexual", True, ""),
    ("Violence", True, ""),
    ("Selfharm", True, ""),
    ("Jailbreak", False, "Prompt"),
    ("Protected Material Text", False, "Completion"),
    ("Protected Material Code", False, "Completion"),
    ("Profanity", False, ""),
    ("Indirect Attack", False, "Prompt"),
)


async def list_filters(request: Request) -> Response:
    """Every filter that a policy may name."""
    region = region_of(request)
    return JSONResponse({"value": [_show(region, *row) for row in _FILTERS]})


async def show_filter(request: Request) -> Response:
    """One of them."""
    region, wanted = region_of(request), request.path_params["name"]
    for row in _FILTERS:
        if row[0].replace(" ", "").casefold() == wanted.casefold():
            return JSONResponse(_show(region, *row))
    raise ArmError(404, "ResourceNotFound", f"The content filter '{wanted}' could not be found.")


async def list_tiers(request: Request) -> Response:
    """No commitment is sold for these kinds of account."""
    region_of(request)
    return JSONResponse({"value": []})


def _show(region: str, name: str, levels: bool, source: str) -> dict[str, Any]:  # noqa: FBT001 -- a row's column
    key = name.replace(" ", "")
    place = f"/subscriptions/{SUBSCRIPTION_ID}/providers/Microsoft.CognitiveServices"
    properties: dict[str, Any] = {"name": name, "isMultiLevelFilter": levels}
    if source:
        properties["source"] = source
    return {
        "id": f"{place}/locations/{region}/raiContentFilters/{key}",
        "type": "Microsoft.CognitiveServices/locations/raiContentFilters",
        "name": key,
        "properties": properties,
    }


_PLACE = "/subscriptions/{subscription}/providers/Microsoft.CognitiveServices/locations/{location}"
routes = (
    AzureRoute(_PLACE + "/raiContentFilters", list_filters),
    AzureRoute(_PLACE + "/raiContentFilters/{name}", show_filter),
    AzureRoute(_PLACE + "/commitmentTiers", list_tiers),
)
