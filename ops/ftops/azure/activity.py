"""Reads the Activity Log: what happened to accounts and deployments, for ninety days back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

from ftops.answer import rfc3339
from ftops.azure.body import Body, list_bodies
from ftops.azure.session import Session, refusals
from ftops.estate import text_at, value_at
from ftops.history import Event, Span
from ftops.instant import parse_instant

KEPT = timedelta(days=90)
PROVIDERS = ("Microsoft.CognitiveServices", "Microsoft.Resources")
"""The second tells of deleted resource groups, which take their accounts with them."""

OPERATIONS: dict[str, Literal["write", "delete"]] = {
    "microsoft.cognitiveservices/accounts/deployments/write": "write",
    "microsoft.cognitiveservices/accounts/deployments/delete": "delete",
    "microsoft.cognitiveservices/accounts/delete": "delete",
    "microsoft.resources/subscriptions/resourcegroups/delete": "delete",
}
SUCCEEDED = frozenset({"succeeded", "success"})
BODIES = ("responseBody", "responsebody", "requestbody", "requestBody")


def read_events(session: Session, span: Span) -> tuple[Event, ...]:
    """Every successful write and delete within the span, oldest first.

    Raises CloudRefused where Azure does not show the log.
    """
    from azure.mgmt.monitor import MonitorManagementClient

    since = rfc3339(max(span.since, span.until - KEPT))
    until = rfc3339(span.until + timedelta(minutes=1))
    bodies: list[Body] = []
    with (
        refusals("reading the Activity Log"),
        MonitorManagementClient(session.credential, session.target.subscription_id) as client,
    ):
        for provider in PROVIDERS:
            wanted = (
                f"eventTimestamp ge '{since}' and eventTimestamp le '{until}'"
                f" and resourceProvider eq '{provider}'"
            )
            bodies += list_bodies(client.activity_logs.list, filter=wanted)
    return tuple(sorted(parse_events(bodies), key=lambda event: event.at))


def parse_events(bodies: Iterable[Body]) -> Iterator[Event]:
    """The entries that made or ended something; started and failed ones are passed over.

    Where Azure tells a resource's body in an entry, it is kept: later nothing else tells the
    model and SKU of what is gone. A write that takes time tells it when it is accepted, not when
    it has succeeded.
    """
    entries = list(bodies)
    sent = {_operation_key(body): found for body in entries if (found := _told(body))}
    for body in entries:
        operation = OPERATIONS.get(_word(body, "operationName"))
        at = parse_instant(value_at(body, "eventTimestamp"))
        resource = text_at(body, "resourceId") or text_at(body, "resourceUri")
        if operation is None or at is None or not resource:
            continue
        if _word(body, "status") in SUCCEEDED:
            told = _told(body) or sent.get(_operation_key(body), {})
            yield Event(at, operation, resource, told)


def _word(body: Body, key: str) -> str:
    """Azure writes these as `{value, localizedValue}`, and some readers as a bare text."""
    return (text_at(body, key, "value") or text_at(body, key)).casefold()


def _operation_key(body: Body) -> tuple[str, str]:
    """All entries of one operation have its correlation id and its resource."""
    resource = text_at(body, "resourceId") or text_at(body, "resourceUri")
    return text_at(body, "correlationId"), resource.casefold()


def _told(body: Body) -> dict[str, Any]:
    for key in BODIES:
        text = value_at(body, "properties", key)
        try:
            found = json.loads(text) if isinstance(text, str) else text
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    return {}


def oldest(now: datetime) -> datetime:
    """Before this instant the Activity Log tells nothing."""
    return now - KEPT
