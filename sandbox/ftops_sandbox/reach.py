"""Whether the network lets a request reach an account's data plane; Azure's 403 where not."""

from __future__ import annotations

import ipaddress
from typing import Any

from starlette.requests import Request

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.store import Document
from ftops_sandbox.world import ACCOUNT, World

_CONNECTION = f"{ACCOUNT}/privateEndpointConnections"


def require_reach(world: World, account: Document, request: Request) -> None:
    """Clients of the sandbox count as inside a network that an approved endpoint leads to."""
    properties = account.body.get("properties") or {}
    closed = str(properties.get("publicNetworkAccess") or "").casefold() == "disabled"
    rules = properties.get("networkAcls")
    rules = rules if isinstance(rules, dict) else {}
    denied = str(rules.get("defaultAction") or "").casefold() == "deny"
    if not (closed or denied) or _has_endpoint(world, account):
        return
    if closed:
        raise _refused("Public access is disabled. Please configure private endpoint.")
    if not _is_listed(rules.get("ipRules"), request.client.host if request.client else ""):
        raise _refused("Access denied due to Virtual Network/Firewall rules.")


def _has_endpoint(world: World, account: Document) -> bool:
    states = (
        one.body["properties"]["privateLinkServiceConnectionState"]["status"]
        for one in world.store.list(_CONNECTION, account.key)
    )
    return "Approved" in states


def _is_listed(rules: Any, address: str) -> bool:
    listed = rules if isinstance(rules, list) else []
    return any(isinstance(one, dict) and _holds(str(one.get("value")), address) for one in listed)


def _holds(network: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _refused(message: str) -> OpenAIError:
    return OpenAIError(403, "403", message)
