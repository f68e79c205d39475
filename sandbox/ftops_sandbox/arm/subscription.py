"""Tenants, subscriptions, their locations, the resource list, and the providers' own records."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.access import has_any_role
from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.page import read_page
from ftops_sandbox.arm.path import parse_target
from ftops_sandbox.arm.resource_type import ResourceType, resource_types
from ftops_sandbox.errors import ArmError
from ftops_sandbox.offer import offer
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.store import Document
from ftops_sandbox.world import SUBSCRIPTION_ID, TENANT_ID, World

_ID = f"/subscriptions/{SUBSCRIPTION_ID}"


def _subscription() -> dict[str, Any]:
    return {
        "id": _ID,
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": SUBSCRIPTION_ID,
        "tenantId": TENANT_ID,
        "displayName": "ftops sandbox",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }


async def list_subscriptions(request: Request) -> Response:
    caller = admit(request).caller
    world: World = request.app.state.world
    value = [_subscription()] if has_any_role(world, caller.name) else []
    return JSONResponse({"value": value, "count": {"type": "Total", "value": len(value)}})


async def show_subscription(request: Request) -> Response:
    admit(request, request.path_params["subscription"])
    return JSONResponse(_subscription())


async def list_tenants(request: Request) -> Response:
    admit(request)
    tenant = {
        "id": f"/tenants/{TENANT_ID}",
        "tenantId": TENANT_ID,
        "countryCode": "US",
        "displayName": "ftops sandbox",
        "domains": ["sandbox.onmicrosoft.com"],
        "tenantCategory": "Home",
        "defaultDomain": "sandbox.onmicrosoft.com",
        "tenantType": "AAD",
    }
    return JSONResponse({"value": [tenant]})


async def list_locations(request: Request) -> Response:
    admit(request, request.path_params["subscription"])
    value = [
        {
            "id": f"{_ID}/locations/{region}",
            "name": region,
            "type": "Region",
            "displayName": region,
            "regionalDisplayName": region,
            "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
        }
        for region in offer().regions
    ]
    return JSONResponse({"value": value})


async def list_resources(request: Request) -> Response:
    """Every tracked resource of a subscription or of one group, in the list's short form."""
    admit(request, request.path_params["subscription"])
    world: World = request.app.state.world
    group = request.path_params.get("group")
    scope = f"{_ID}/resourceGroups/{group}" if group else _ID
    wanted = _wanted_type(request)
    kinds = [
        kind
        for kind in resource_types().values()
        if kind.tracked and kind.scope == "group" and wanted in ("", kind.name.casefold())
    ]

    def read(after: str, count: int) -> list[tuple[ResourceType, Document]]:
        found = [(k, d) for k in kinds for d in world.store.page(k.name, scope, after, count)]
        return sorted(found, key=lambda pair: pair[1].key.casefold())[:count]

    return read_page(request, read, lambda pair: pair[1].key.casefold(), lambda pair: _short(*pair))


async def list_providers(request: Request) -> Response:
    admit(request, request.path_params["subscription"])
    return JSONResponse({"value": [_provider(name) for name in _namespaces()]})


async def show_provider(request: Request) -> Response:
    admit(request, request.path_params["subscription"])
    wanted = request.path_params["namespace"]
    for name in _namespaces():
        if name.casefold() == wanted.casefold():
            return JSONResponse(_provider(name))
    raise ArmError(
        404, "InvalidResourceNamespace", f"The resource namespace '{wanted}' is invalid."
    )


async def register_provider(request: Request) -> Response:
    """Everything is registered already."""
    return await show_provider(request)


def _wanted_type(request: Request) -> str:
    expression = request.query_params.get("$filter", "").casefold()
    name, _, value = expression.partition(" eq ")
    return value.strip(" '") if name.strip() == "resourcetype" else ""


def _short(kind: ResourceType, document: Document) -> dict[str, Any]:
    target = parse_target(document.key)
    name = "/".join(target.names) if target else document.key
    short = {"id": document.key, "name": name, "type": kind.name}
    kept = {
        key: document.body[key]
        for key in ("kind", "location", "sku", "tags", "identity")
        if key in document.body
    }
    return short | kept


def _namespaces() -> list[str]:
    found = {kind.namespace for kind in resource_types().values()}
    return sorted(found | {"Microsoft.Insights"})


def _provider(name: str) -> dict[str, Any]:
    types = [
        {
            "resourceType": kind.name.partition("/")[2],
            "locations": list(offer().regions),
            "apiVersions": list(reversed(kind.api_versions)),
            "capabilities": "SupportsTags, SupportsLocation" if kind.tracked else "None",
        }
        for kind in resource_types().values()
        if kind.namespace == name
    ]
    if name == "Microsoft.Insights":
        versions = {"metrics": ["2024-02-01", "2018-01-01"], "eventtypes": ["2015-04-01"]}
        types = [
            {"resourceType": kind, "locations": [], "apiVersions": listed, "capabilities": "None"}
            for kind, listed in versions.items()
        ]
    return {
        "id": f"{_ID}/providers/{name}",
        "namespace": name,
        "resourceTypes": types,
        "registrationState": "Registered",
        "registrationPolicy": "RegistrationRequired",
    }


_ONE = "/subscriptions/{subscription}"
routes = [
    AzureRoute("/subscriptions", list_subscriptions),
    AzureRoute("/tenants", list_tenants),
    AzureRoute(_ONE, show_subscription),
    AzureRoute(_ONE + "/locations", list_locations),
    AzureRoute(_ONE + "/resources", list_resources),
    AzureRoute(_ONE + "/resourceGroups/{group}/resources", list_resources),
    AzureRoute(_ONE + "/providers", list_providers),
    AzureRoute(_ONE + "/providers/{namespace}", show_provider),
    AzureRoute(_ONE + "/providers/{namespace}/register", register_provider, ["POST"]),
]
