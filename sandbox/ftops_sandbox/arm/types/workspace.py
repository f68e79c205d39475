"""Log Analytics workspaces; nothing is written to them."""

from __future__ import annotations

import uuid

from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.resource_type import Body, Call, ResourceType, View
from ftops_sandbox.identity import object_id, show_identity
from ftops_sandbox.moment import iso


def show(view: View) -> Body:
    """The id that queries go by, and the defaults that Azure fills in."""
    document = view.document
    sent = document.body.get("properties") or {}
    return {
        **show_identity(view.world, document),
        "properties": {
            "customerId": object_id(document.key),
            "createdDate": iso(document.created),
            "sku": sent.get("sku") or {"name": "PerGB2018"},
            "retentionInDays": sent.get("retentionInDays") or 30,
            "publicNetworkAccessForIngestion": sent.get("publicNetworkAccessForIngestion")
            or "Enabled",
            "publicNetworkAccessForQuery": sent.get("publicNetworkAccessForQuery") or "Enabled",
        },
    }


def shared_keys(call: Call) -> Response:
    """Two keys that open nothing."""
    keys = [uuid.uuid5(uuid.NAMESPACE_URL, f"{call.document.key}{n}").hex for n in (1, 2)]
    return JSONResponse({"primarySharedKey": keys[0], "secondarySharedKey": keys[1]})


TYPE = ResourceType(
    name="Microsoft.OperationalInsights/workspaces",
    api_versions=("2021-06-01", "2022-10-01", "2023-09-01", "2025-02-01"),
    example={"location": "eastus2", "properties": {"retentionInDays": 30}},
    tracked=True,
    create_s=0.5,
    show=show,
    actions={"POST sharedKeys": shared_keys},
)
