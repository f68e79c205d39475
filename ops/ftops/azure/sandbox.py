"""The sandbox's own door, spoken to directly: no proxy of the shell stands in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from ftops.sandbox import Running
from ftops_catalog.errors import BadUsage, NotReady

_ANSWER_SECONDS_MAX = 60


def ask(
    running: Running, method: str, door: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One request to `/_sandbox/<door>`; NotReady when it does not answer, BadUsage for its 400."""
    request = Request(  # noqa: S310 - the address is one that our own child wrote down
        f"{running.http}/_sandbox/{door}",
        data=json.dumps(body).encode() if body is not None else None,
        headers={"content-type": "application/json"},
        method=method,
    )
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=_ANSWER_SECONDS_MAX) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except HTTPError as error:
        raise BadUsage(_message(error), "ftops sandbox --help") from error
    except (URLError, TimeoutError, ValueError, ConnectionError) as error:
        raise NotReady(
            f"the sandbox at {running.http} does not answer", "read sandbox.log in its folder"
        ) from error


def _message(error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the sandbox answered {error.code}"
