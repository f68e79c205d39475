"""Which permission a Resource Manager request needs, and over which scope; 403 without it."""

from __future__ import annotations

from starlette.requests import Request

from ftops_sandbox.access import may
from ftops_sandbox.arm.path import GROUP_TYPE, Target, parse_target
from ftops_sandbox.bearer import Caller
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import World

_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
# Asked by POST, and only reading.
_QUESTIONS = (
    "microsoft.costmanagement/query",
    "microsoft.costmanagement/forecast",
    "microsoft.resourcegraph/resources",
)
# Whoever began an operation may see how it ends.
_POLLS = ("operationresults", "operationstatuses")


def require_permission(request: Request, caller: Caller) -> None:
    """Azure's 403, with the client, the action and the scope in it."""
    needed = needed_for(request.method, request.url.path)
    world: World = request.app.state.world
    if needed is None or may(world, caller.name, *needed):
        return
    action, scope = needed
    client = caller.claims.get("appid", caller.name)
    raise ArmError(
        403,
        "AuthorizationFailed",
        f"The client '{client}' with object id '{caller.name}' does not have authorization to "
        f"perform action '{action}' over scope '{scope}' or the scope is invalid. If access was "
        "recently granted, please refresh your credentials.",
    )


def needed_for(method: str, path: str) -> tuple[str, str] | None:
    """An action and a scope; None for what any signed-in caller may ask."""
    parts = [part for part in path.split("/") if part]
    if len(parts) < 2 or parts[0].casefold() != "subscriptions":  # noqa: PLR2004 -- /subscriptions/ID
        return None
    target = parse_target(path)
    subscription = f"/subscriptions/{parts[1]}"
    if target is None or not target.types:
        if parts[-1].casefold() == "metrics:getbatch":
            return "Microsoft.Insights/metrics/read", subscription
        return f"Microsoft.Resources/subscriptions/{_VERBS.get(method, 'action')}", subscription
    if any(kind.casefold() in _POLLS for kind in target.types):
        return None
    return f"{_name(target)}/{_verb(method, target)}", _scope(target) or subscription


def _verb(method: str, target: Target) -> str:
    if target.type_name.casefold() in _QUESTIONS:
        return "read"
    return _VERBS.get(method, "action")


def _name(target: Target) -> str:
    group, name = GROUP_TYPE.split("/")
    if target.type_name.casefold().startswith(GROUP_TYPE.casefold()):
        return "/".join((group, "subscriptions", name, *target.types[1:]))
    return target.type_name


def _scope(target: Target) -> str:
    if target.is_resource:
        return target.id
    return target.parent.id if target.parent else target.scope
