"""The Activity Log of a subscription, as Insights shows it, and the operators of its filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ftops_sandbox.arm.activity_entry import KIND
from ftops_sandbox.arm.gate import admit
from ftops_sandbox.arm.page import read_page
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.store import Event
from ftops_sandbox.world import SUBSCRIPTION_ID, TENANT_ID, World

_PAGE_SIZE = 200
# Azure keeps the log for this long and refuses to look further back.
_DAYS_MAX = 90
_SEQ_MAX = 10**14
_TERM = re.compile(r"\s*([A-Za-z/]+)\s+(eq|ge|le|gt|lt)\s+'?([^']*?)'?\s*", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+(?=[A-Za-z/]+\s+(?:eq|ge|le|gt|lt)\s)", re.IGNORECASE)
_ALWAYS = ("id", "eventTimestamp")

Test = Callable[[dict[str, Any]], bool]


async def list_entries(request: Request) -> Response:
    """Newest first; `$filter` needs a time to start at, `$select` picks fields."""
    admit(request, request.path_params["subscription"])
    world: World = request.app.state.world
    since, until, tests = _filter(request.query_params.get("$filter", ""), world.now())
    wanted = [name for name in request.query_params.get("$select", "").split(",") if name]

    def read(after: str, count: int) -> list[tuple[Event, dict[str, Any]]]:
        before = _place(after) if after else (until, 0)
        shown = ((event, _show(event)) for event in _walk(world, since, before))
        found = (pair for pair in shown if all(test(pair[1]) for test in tests))
        return list(islice(found, count))

    return read_page(
        request,
        read,
        lambda pair: _order(pair[0]),
        lambda pair: _select(pair[1], wanted),
        _PAGE_SIZE,
    )


def _walk(world: World, since: datetime, before: tuple[datetime, int]) -> Iterator[Event]:
    """The log from a place down, newest first, read piece by piece."""
    while events := world.store.recent(KIND, since, before, _PAGE_SIZE + 1):
        yield from events
        before = events[-1].time, events[-1].seq


def _filter(text: str, now: datetime) -> tuple[datetime, datetime, list[Test]]:
    since, until = None, now + timedelta(microseconds=1)
    tests: list[Test] = []
    for part in _AND.split(text) if text.strip() else []:
        match = _TERM.fullmatch(part)
        if match is None:
            raise _bad(f"The filter part '{part}' could not be read.")
        name, operator, value = match[1].casefold(), match[2].casefold(), match[3]
        if name != "eventtimestamp":
            tests.append(_test(name, operator, value))
        elif operator in ("ge", "gt"):
            since = _moment(value)
        else:
            until = min(until, min(_moment(value), now) + timedelta(microseconds=1))
    if since is None:
        raise _bad("The start time is missing: eventTimestamp ge '<time>'.")
    if since < now - timedelta(days=_DAYS_MAX, hours=1):
        raise _bad(f"The start time cannot be more than {_DAYS_MAX} days in the past.")
    return since, until, tests


def _test(name: str, operator: str, value: str) -> Test:
    fields = {
        "resourcegroupname": ("resourceGroupName",),
        "resourceuri": ("resourceId",),
        "resourceid": ("resourceId",),
        "resourceprovider": ("resourceProviderName", "value"),
        "resourcetype": ("resourceType", "value"),
        "status": ("status", "value"),
        "correlationid": ("correlationId",),
        "caller": ("caller",),
        "eventchannels": (),
        "level": (),
    }
    if name not in fields or operator != "eq":
        raise _bad(f"The filter on '{name}' is not supported.")
    path = fields[name]
    if not path:
        return lambda _entry: True

    def matches(entry: dict[str, Any]) -> bool:
        found: Any = entry
        for step in path:
            found = found[step]
        return str(found).casefold() == value.casefold()

    return matches


def _show(event: Event) -> dict[str, Any]:
    body, subject = event.body, event.body["resource_id"]
    ticks = int((event.time - datetime(1, 1, 1, tzinfo=event.time.tzinfo)).total_seconds() * 1e7)
    final = body["status"] in ("Succeeded", "Failed")
    properties = {
        "eventCategory": "Administrative",
        "entity": subject,
        "message": body["operation"],
        "hierarchy": f"{TENANT_ID}/{SUBSCRIPTION_ID}",
        **body["properties"],
    }
    return {
        "authorization": {"action": body["operation"], "scope": subject},
        "caller": body["caller"],
        "channels": "Operation",
        "claims": {key: str(value) for key, value in body["claims"].items()},
        "correlationId": body["correlation_id"],
        "description": "",
        "eventDataId": body["event_id"],
        "eventName": _named("EndRequest" if final else "BeginRequest"),
        "category": _named("Administrative"),
        "eventTimestamp": iso(event.time),
        "id": f"{subject}/events/{body['event_id']}/ticks/{ticks}",
        "level": "Error" if body["status"] == "Failed" else "Informational",
        "operationId": body["correlation_id"],
        "operationName": _named(body["operation"]),
        "resourceGroupName": body["group"],
        "resourceProviderName": _named(body["provider"]),
        "resourceType": _named(body["resource_type"]),
        "resourceId": subject,
        "status": _named(body["status"]),
        "subStatus": _named(body["properties"].get("statusCode", "")),
        "submissionTimestamp": iso(event.time),
        "subscriptionId": SUBSCRIPTION_ID,
        "tenantId": TENANT_ID,
        "properties": properties,
    }


def _order(event: Event) -> str:
    """Newest first, in a key that a page's token can carry."""
    left = datetime.max.replace(tzinfo=event.time.tzinfo) - event.time
    return f"{left // timedelta(microseconds=1):020d} {_SEQ_MAX - event.seq:015d}"


def _place(key: str) -> tuple[datetime, int]:
    """The time and seq of the event that has this key; 400 for a key of no event."""
    left, _, seq = key.partition(" ")
    try:
        time = datetime.max.replace(tzinfo=UTC) - timedelta(microseconds=int(left))
        number = _SEQ_MAX - int(seq)
    except (ValueError, OverflowError) as error:
        raise _bad(f"The skip token '{key}' is invalid.") from error
    return time, max(0, min(number, _SEQ_MAX))


def _select(entry: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    if not wanted:
        return entry
    names = {name.strip().casefold() for name in wanted} | {name.casefold() for name in _ALWAYS}
    return {key: value for key, value in entry.items() if key.casefold() in names}


def _named(value: str) -> dict[str, str]:
    return {"value": value, "localizedValue": value}


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise _bad(f"The time '{text}' could not be read.") from error


def _bad(message: str) -> ArmError:
    return ArmError(400, "BadRequest", message)


_VALUES = "/providers/Microsoft.Insights/eventtypes/management/values"
routes = [AzureRoute("/subscriptions/{subscription}" + _VALUES, list_entries)]
