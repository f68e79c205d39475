"""What every Resource Manager request must bring: a token, an api-version, a subscription."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from ftops_sandbox.arm.permission import require_permission
from ftops_sandbox.arm.published import require_published
from ftops_sandbox.bearer import ARM_AUDIENCES, Caller, require_bearer
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import SUBSCRIPTION_ID

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-[a-z]+)?", re.IGNORECASE)
_SHOWN_VERSIONS = ("2024-10-01", "2025-06-01", "2025-09-01")


@dataclass(frozen=True)
class Admission:
    """Who asks, in which version."""

    caller: Caller
    api_version: str


def admit(
    request: Request,
    subscription_id: str | None = None,
    versions: Sequence[str] = _SHOWN_VERSIONS,
    audiences: Iterable[str] = ARM_AUDIENCES,
) -> Admission:
    """Who asks and in which api-version, or Azure's refusal.

    Any well-formed version is served, because clients are ahead of what anyone has listed; a
    strict sandbox holds each type to its list.
    """
    caller = require_bearer(request, audiences)
    version = request.query_params.get("api-version", "")
    if not version:
        raise ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if not _is_version(version):
        raise ArmError(
            400,
            "InvalidApiVersionParameter",
            f"The api-version '{version}' is invalid. The supported versions are "
            f"'{','.join(versions)}'.",
        )
    if subscription_id is not None and subscription_id.casefold() != SUBSCRIPTION_ID:
        raise ArmError(
            404,
            "SubscriptionNotFound",
            f"The subscription '{subscription_id}' could not be found.",
        )
    if getattr(request.app.state, "strict", False):
        require_published(request.url.path, version)
    throttle = getattr(request.app.state, "throttle", None)
    if throttle is not None and subscription_id is not None:
        left = throttle.take(request.method, subscription_id, caller.name)
        request.scope["requests_left"] = left
    require_permission(request, caller)
    return Admission(caller, version)


def _is_version(version: str) -> bool:
    if not _VERSION.fullmatch(version):
        return False
    try:
        datetime.fromisoformat(version[:10])
    except ValueError:
        return False
    return True
