"""Container Apps environments."""

from __future__ import annotations

import uuid

from ftops_sandbox.arm.resource_type import Body, ResourceType, View
from ftops_sandbox.arm.versions import APP
from ftops_sandbox.identity import show_identity


def show(view: View) -> Body:
    """The domain and address that its apps would have."""
    document = view.document
    word = uuid.uuid5(uuid.NAMESPACE_DNS, document.key.casefold()).hex[:10]
    return {
        **show_identity(view.world, document),
        "properties": {
            "defaultDomain": f"{word}.{document.body['location']}.azurecontainerapps.io",
            "staticIp": "203.0.113.10",
        },
    }


TYPE = ResourceType(
    name="Microsoft.App/managedEnvironments",
    api_versions=APP,
    example={"location": "eastus2", "properties": {"zoneRedundant": False}},
    tracked=True,
    create_s=1.0,
    delete_s=0.5,
    show=show,
)
