"""What Cognitive Services can be asked to do: the operations that permissions are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.resource_type import ResourceType, resource_types
from ftops_sandbox.routing import AzureRoute

_NAMESPACE = "Microsoft.CognitiveServices"
_VERBS = {"PUT": "write", "DELETE": "delete"}


async def list_operations(request: Request) -> Response:
    """Those of every type that is served here; Azure has more."""
    admit(request)
    known = [kind for kind in resource_types().values() if kind.namespace == _NAMESPACE]
    return JSONResponse({"value": [one for kind in known for one in _operations(kind)]})


def _operations(kind: ResourceType) -> Iterator[dict[str, Any]]:
    verbs = ["read", *(verb for method, verb in _VERBS.items() if method in kind.methods)]
    verbs += [
        f"{name.partition(' ')[2]}/action" for name in kind.actions if name.startswith("POST ")
    ]
    resource = kind.name.partition("/")[2]
    for verb in verbs:
        yield {
            "name": f"{kind.name}/{verb}",
            "display": {
                "provider": "Microsoft Cognitive Services",
                "resource": resource,
                "operation": f"{verb.removesuffix('/action')} {resource}",
                "description": f"Lets its holder {verb.removesuffix('/action')} {resource}.",
            },
            "origin": "user,system",
        }


routes = [AzureRoute(f"/providers/{_NAMESPACE}/operations", list_operations)]
