"""Container Apps jobs: kept and started, and nothing is run."""

from __future__ import annotations

import uuid

from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.resource_type import Body, Call, Kept, ResourceType, View, Write
from ftops_sandbox.arm.versions import APP
from ftops_sandbox.errors import ArmError
from ftops_sandbox.identity import show_identity

_ENVIRONMENT = "Microsoft.App/managedEnvironments"
_TRIGGERS = ("Manual", "Schedule", "Event")


def check(write: Write) -> Kept:
    """A trigger, and an environment that exists where it is named."""
    properties = write.body.get("properties") or {}
    environment = properties.get("environmentId")
    if environment is not None and not write.world.store.get(_ENVIRONMENT, str(environment)):
        raise ArmError(
            400,
            "ManagedEnvironmentNotFound",
            f"The environment '{environment}' does not exist.",
        )
    configuration = properties.get("configuration")
    trigger = configuration.get("triggerType") if isinstance(configuration, dict) else None
    if trigger not in _TRIGGERS:
        raise ArmError(
            400, "InvalidRequestContent", f"The triggerType is one of {', '.join(_TRIGGERS)}."
        )
    return Kept()


def show(view: View) -> Body:
    """Who it is, and where its events would be read."""
    region = view.document.body["location"]
    return {
        **show_identity(view.world, view.document),
        "properties": {
            "eventStreamEndpoint": f"https://{region}.azurecontainerapps.dev"
            f"{view.document.key}/eventstream",
            "outboundIpAddresses": ["203.0.113.11"],
        },
    }


def start(call: Call) -> Response:
    """One execution by name; it runs nothing."""
    name = f"{call.document.key.rpartition('/')[2]}-{uuid.uuid4().hex[:7]}"
    return JSONResponse({"id": f"{call.document.key}/executions/{name}", "name": name})


TYPE = ResourceType(
    name="Microsoft.App/jobs",
    api_versions=APP,
    example={
        "location": "eastus2",
        "properties": {
            "configuration": {
                "triggerType": "Schedule",
                "replicaTimeout": 1800,
                "scheduleTriggerConfig": {"cronExpression": "0 6 * * *"},
            },
            "template": {"containers": [{"name": "one", "image": "example"}]},
        },
    },
    tracked=True,
    create_s=0.5,
    delete_s=0.3,
    check=check,
    show=show,
    actions={"POST start": start},
)
