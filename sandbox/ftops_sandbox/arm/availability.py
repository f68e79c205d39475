"""Questions before a write: is a SKU to be had here, is a subdomain free."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.deleted_account import list_deleted
from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.model_list import region_of
from ftops_sandbox.arm.writing import read_body
from ftops_sandbox.errors import ArmError
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.world import World

_KINDS = ("openai", "aiservices")


async def check_sku(request: Request) -> Response:
    """One answer per SKU asked for; these kinds have S0 alone."""
    region_of(request)
    body = await read_body(request)
    skus, kind = body.get("skus"), body.get("kind")
    if not isinstance(skus, list) or not isinstance(kind, str):
        raise _bad("The properties 'skus', 'kind' and 'type' are required.")
    return JSONResponse({"value": [_answer(sku, kind, body.get("type")) for sku in skus]})


async def check_domain(request: Request) -> Response:
    """Whether a subdomain may be taken; a soft-deleted account's name is still its own."""
    admit(request, request.path_params["subscription"])
    body = await read_body(request)
    name = body.get("subdomainName")
    if not isinstance(name, str) or not name:
        raise _bad("The properties 'subdomainName' and 'type' are required.")
    world: World = request.app.state.world
    list_deleted(world)
    free = world.store.get("subdomain", name) is None
    answer = {"isSubdomainAvailable": free, "subdomainName": name, "type": body.get("type")}
    if "kind" in body:
        answer["kind"] = body["kind"]
    if not free:
        answer["reason"] = f"Sub domain name '{name}' is not valid"
    return JSONResponse(answer)


def _answer(sku: Any, kind: str, asked_type: Any) -> dict[str, Any]:
    fits = kind.casefold() in _KINDS and str(sku).casefold() == "s0"
    message = None if fits else f"The sku '{sku}' of kind '{kind}' is not available in the region."
    return {
        "kind": kind,
        "type": asked_type,
        "skuName": sku,
        "skuAvailable": fits,
        "reason": None if fits else "NotAvailableForSubscription",
        "message": message,
    }


def _bad(message: str) -> ArmError:
    return ArmError(400, "InvalidRequestContent", message)


_PLACE = "/subscriptions/{subscription}/providers/Microsoft.CognitiveServices"
routes = (
    AzureRoute(_PLACE + "/locations/{location}/checkSkuAvailability", check_sku, ["POST"]),
    AzureRoute(_PLACE + "/checkDomainAvailability", check_domain, ["POST"]),
)
