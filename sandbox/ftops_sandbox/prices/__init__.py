"""The Retail Prices API: public, without sign-in, a thousand rows a page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import ArmError
from ftops_sandbox.host import is_azure
from ftops_sandbox.prices.filter import parse_filter
from ftops_sandbox.prices.meter import price_list
from ftops_sandbox.routing import AzureRoute

PAGE = 1000
# From this version on, filters mind letter case.
_STRICT_SINCE = "2023-01-01"


def list_prices(request: Request) -> Response:
    """One page of the rows that `$filter` takes."""
    given = {name.casefold(): value for name, value in request.query_params.items()}
    currency = given.get("currencycode", "USD").strip("'")
    if currency != "USD":
        raise ArmError(400, "BadRequest", f"The sandbox has prices in USD, not in '{currency}'.")
    rows = list(price_list())
    version = given.get("api-version", "")
    try:
        if given.get("$filter"):
            fold = version < _STRICT_SINCE
            test = parse_filter(given["$filter"], rows[0], fold=fold)
            rows = [row for row in rows if test(row)]
        skip, top = _whole(given, "$skip", 0), _whole(given, "$top", PAGE)
    except ValueError as error:
        raise ArmError(400, "BadRequest", f"Invalid OData parameters supplied: {error}") from error
    shown = rows[skip : skip + min(top, PAGE)]
    more = skip + PAGE < len(rows) and top >= PAGE
    return JSONResponse(
        {
            "BillingCurrency": "USD",
            "CustomerEntityId": "Default",
            "CustomerEntityType": "Retail",
            "Items": shown,
            "NextPageLink": _next(request, request.query_params, skip + PAGE) if more else None,
            "Count": len(shown),
        }
    )


def _whole(given: Mapping[str, str], name: str, default: int) -> int:
    value = int(given.get(name, default))
    if value < 0:
        raise ValueError(f"{name} may not be negative.")
    return value


def _next(request: Request, given: Mapping[str, str], skip: int) -> str:
    """The next page's address; Azure spells its port."""
    kept = [(name, value) for name, value in given.items() if name.casefold() != "$skip"]
    query = "&".join(f"{name}={quote(value)}" for name, value in [*kept, ("$skip", str(skip))])
    host = request.url.hostname or ""
    where = f"{host}:443" if is_azure(host) else request.url.netloc
    return f"{request.url.scheme}://{where}/api/retail/prices?{query}"


routes = [AzureRoute("/api/retail/prices", list_prices)]
