"""The graph's tables, made from Resource Manager's documents: no deployments, as in Azure."""

from __future__ import annotations

from typing import Any

from ftops_sandbox.arm.path import GROUP_TYPE
from ftops_sandbox.arm.render import show
from ftops_sandbox.arm.resource_type import resource_types
from ftops_sandbox.graph.pipeline import Record, Table
from ftops_sandbox.store import Document
from ftops_sandbox.world import SUBSCRIPTION_ID, TENANT_ID, World

_COLUMNS = {
    "id": "string",
    "name": "string",
    "type": "string",
    "tenantId": "string",
    "kind": "string",
    "location": "string",
    "resourceGroup": "string",
    "subscriptionId": "string",
    "managedBy": "string",
    "sku": "object",
    "plan": "object",
    "properties": "object",
    "tags": "object",
    "identity": "object",
    "zones": "object",
    "extendedLocation": "object",
}
_BLANK = ("kind", "managedBy")


def resources(world: World, base_url: str) -> Table:
    """Every tracked resource, by id."""
    found = [
        (kind, document)
        for kind in resource_types().values()
        if kind.tracked and kind.scope == "group"
        for document in world.store.list(kind.name)
    ]
    rows = [_record(document, show(kind, world, document, base_url)) for kind, document in found]
    return Table(_COLUMNS, sorted(rows, key=lambda row: str(row["id"]).casefold()))


def containers(world: World, base_url: str) -> Table:
    """The subscription and its groups."""
    subscription = {
        "id": f"/subscriptions/{SUBSCRIPTION_ID}",
        "name": "ftops sandbox",
        "type": "microsoft.resources/subscriptions",
        "properties": {"state": "Enabled"},
    }
    kind = resource_types()[GROUP_TYPE.casefold()]
    rows = [{**dict.fromkeys(_COLUMNS), **dict.fromkeys(_BLANK, ""), "location": "",
             "resourceGroup": "", "tenantId": TENANT_ID, "subscriptionId": SUBSCRIPTION_ID,
             **subscription}]  # fmt: skip
    for document in world.store.list(GROUP_TYPE):
        record = _record(document, show(kind, world, document, base_url))
        rows.append({**record, "type": "microsoft.resources/subscriptions/resourcegroups"})
    return Table(_COLUMNS, rows)


def _record(document: Document, shown: dict[str, Any]) -> Record:
    """A resource as the graph has it: type, place and group in lower case, blanks for nothing."""
    kept = {name: shown.get(name) for name in _COLUMNS}
    kept |= {name: shown.get(name) or "" for name in _BLANK}
    return {
        **kept,
        "type": str(shown["type"]).lower(),
        "location": str(shown.get("location") or "").lower(),
        "resourceGroup": document.key.split("/")[4].lower(),
        "tenantId": TENANT_ID,
        "subscriptionId": SUBSCRIPTION_ID,
    }
