"""User-assigned identities: principals of their own that roles are given to."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Body, ResourceType, View
from ftops_sandbox.identity import USER_ASSIGNED, client_id, object_id
from ftops_sandbox.world import TENANT_ID


def show(view: View) -> Body:
    """Who it is."""
    key = view.document.key
    return {
        "properties": {
            "tenantId": TENANT_ID,
            "principalId": object_id(key),
            "clientId": client_id(key),
        }
    }


TYPE = ResourceType(
    name=USER_ASSIGNED,
    api_versions=("2018-11-30", "2023-01-31", "2024-11-30"),
    example={"location": "eastus2", "tags": {"owner": "example"}},
    tracked=True,
    shows_state=False,
    show=show,
)
