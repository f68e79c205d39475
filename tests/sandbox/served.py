"""Every operation that the sandbox serves, in the words of the parity page.

Read off its routes and its records of resource types, so that what is new is found missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ftops_sandbox.app import ROUTES
from ftops_sandbox.arm.resource_type import ResourceType, resource_types
from ftops_sandbox.routing import AzureRoute

EVERY: Final = "{every type}"
"""Stands in a declaration for each type that takes the method."""

CATCH_ALL: Final = {"/{path:path}", "/openai/{rest:path}"}
_SPELLED: Final = (
    (r"^/openai/(v1/)?(chat/completions|embeddings)$", r"openai/deployments/{deployment}/\2"),
    (r"^/openai/(v1/)?(.*)$", r"openai/\2"),
    (r"^/.*\.well-known/openid-configuration$", "openid-configuration"),
    (r"^/{tenant}/oauth2/.*?(token|devicecode)$", r"\1"),
    (r"^/{tenant}/discovery/.*keys$", "discovery/keys"),
    (r"^/common/", ""),
    (r"^/api/retail/prices$", "retailPrices"),
    (r"^.*/eventtypes/management/values$", "activityLogs"),
    (r"^.*/Microsoft\.(CostManagement|ResourceGraph)/(\w+)$", r"\1/\2"),
    (r"^.*/(Microsoft\.Storage/\w+)$", r"\1"),
    (r"^.*/(deletedAccounts|raiContentFilters)$", r"\1 (list)"),
    (r"^.*/(deletedAccounts|raiContentFilters|roleDefinitions)/{name}$", r"\1"),
    (r"^.*/operation(Results|Statuses)/.*$", r"locations/operation\1"),
    (r"^.*/Microsoft\.\w+/", ""),
    (r"^/subscriptions/{subscription}/locations$", "subscriptions/locations"),
    (r"^/subscriptions(/{subscription})?$", "subscriptions"),
    (r"^/subscriptions/{subscription}/(resourceGroups/{group}/)?", ""),
    (r"/{\w+}", ""),
)
"""What of a route is spelled otherwise, in this order; one that fits the whole ends it."""

_OF_REGION: Final = {"raiContentFilters", "raiContentFilters (list)"}


def operations() -> set[str]:
    """All of them, but for the sandbox's own door."""
    return {*_of_routes(), *(each for kind in resource_types().values() for each in of_type(kind))}


def expanded(operation: str) -> list[str]:
    """The operations that a declaration names: one, or one for each type that takes the method."""
    if EVERY not in operation:
        return [operation]
    known = {
        operation.replace(EVERY, spelled(kind)): set(of_type(kind))
        for kind in resource_types().values()
    }
    return [each for each, served in known.items() if each in served]


def of_type(kind: ResourceType) -> Iterator[str]:
    """What a resource type takes: its methods, the list, its actions."""
    name = spelled(kind)
    yield from (f"{method} {name}" for method in ("GET", *kind.methods))
    yield f"GET {name} (list)"
    for action in kind.actions:
        method, _, word = action.partition(" ")
        yield f"{method} {name}/{word}"


def spelled(kind: ResourceType) -> str:
    """A type without its namespace, but where it would say too little."""
    namespace, _, name = kind.name.partition("/")
    return kind.name if namespace == "Microsoft.App" else name


def _of_routes() -> Iterator[str]:
    for route in ROUTES:
        if isinstance(route, AzureRoute) and route.path not in CATCH_ALL:
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield f"{method} {_path(route.path)}"


def _path(path: str) -> str:
    whole = path
    for pattern, word in _SPELLED:
        whole, count = re.subn(pattern, word, whole, flags=re.IGNORECASE)
        if count and pattern.endswith("$"):
            break
    whole = whole.removeprefix("/")
    return f"locations/{whole}" if whole in _OF_REGION else whole
