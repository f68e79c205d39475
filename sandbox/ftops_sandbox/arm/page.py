"""Lists in pages: `value` and an absolute `nextLink`, never a total."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import ArmError
from ftops_sandbox.signin import base_url

Item = TypeVar("Item")
# What comes after a key ("" for the start), at most so many, in the order of their keys.
Reader = Callable[[str, int], Sequence[Item]]
PAGE_SIZE = 200


def paged(
    request: Request,
    items: Sequence[Item],
    key: Callable[[Item], str],
    show: Callable[[Item], Any],
    size: int = PAGE_SIZE,
) -> Response:
    """One page of items that are ordered by `key`."""

    def read(after: str, count: int) -> Sequence[Item]:
        rest = [item for item in items if key(item) > after] if after else items
        return rest[:count]

    return read_page(request, read, key, show, size)


def read_page(
    request: Request,
    read: Reader[Item],
    key: Callable[[Item], str],
    show: Callable[[Item], Any],
    size: int = PAGE_SIZE,
) -> Response:
    """One page of what `read` finds; a token says after which key the next starts.

    An item that comes or goes between two pages moves no other one.
    """
    size = _size(request, size)
    found = read(_after(request), size + 1)
    body: dict[str, Any] = {"value": [show(item) for item in found[:size]]}
    if len(found) > size:
        body["nextLink"] = _link(request, key(found[size - 1]))
    return JSONResponse(body)


def _size(request: Request, default: int) -> int:
    top = request.query_params.get("$top", "")
    if not top:
        return default
    if not top.isascii() or not top.isdigit() or int(top) < 1:
        raise ArmError(
            400, "InvalidTopInQueryString", f"The $top value '{top}' is not a positive integer."
        )
    return min(int(top), default)


def _after(request: Request) -> str:
    token = request.query_params.get("$skiptoken", request.query_params.get("$skipToken", ""))
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError) as error:
        raise ArmError(400, "InvalidSkipToken", f"The $skiptoken '{token}' is invalid.") from error


def _link(request: Request, last: str) -> str:
    token = base64.urlsafe_b64encode(last.encode()).decode()
    query = [
        (name, value)
        for name, value in parse_qsl(request.url.query, keep_blank_values=True)
        if name.casefold() != "$skiptoken"
    ]
    query.append(("$skiptoken", token))
    return f"{base_url(request)}{quote(request.url.path)}?{urlencode(query)}"
