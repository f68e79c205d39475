"""Azure Resource Manager: narrow routes first, then every type's own, then the generic engine."""

from __future__ import annotations

from starlette.routing import BaseRoute

from ftops_sandbox.arm import engine, operation, permission_list, provider_operation, subscription
from ftops_sandbox.arm.resource_type import resource_types

routes: list[BaseRoute] = [
    *operation.routes,
    *provider_operation.routes,
    *permission_list.routes,
    *(route for kind in resource_types().values() for route in kind.routes),
    *subscription.routes,
    *engine.routes,
]
