"""The Activity Log: a write's body may stand in another entry of the same operation."""

from __future__ import annotations

import json
from typing import Any

from ftops.azure.activity import parse_events

RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a"
DEPLOYMENT = f"{RESOURCE}/deployments/d"
WRITE = "Microsoft.CognitiveServices/accounts/deployments/write"
BODY = {"sku": {"name": "Standard"}}


def _entry(status: str, correlation: str, body: Any = None, minute: int = 0) -> dict[str, Any]:
    return {
        "operationName": {"value": WRITE},
        "status": {"value": status},
        "resourceId": DEPLOYMENT,
        "correlationId": correlation,
        "eventTimestamp": f"2026-11-14T00:{minute:02}:00Z",
        "properties": {} if body is None else {"requestbody": json.dumps(body)},
    }


def test_a_write_that_took_time_has_the_body_of_the_entry_that_accepted_it() -> None:
    log = [_entry("Succeeded", "one", minute=1), _entry("Accepted", "one", BODY)]

    assert [dict(event.body) for event in parse_events(log)] == [BODY]


def test_the_body_of_another_operation_is_not_borrowed() -> None:
    log = [_entry("Succeeded", "one", minute=1), _entry("Accepted", "two", BODY)]

    assert [dict(event.body) for event in parse_events(log)] == [{}]


def test_an_operation_s_own_last_word_wins() -> None:
    last = {"sku": {"name": "GlobalStandard"}}
    log = [_entry("Accepted", "one", BODY), _entry("Succeeded", "one", last, minute=1)]

    assert [dict(event.body) for event in parse_events(log)] == [last]
