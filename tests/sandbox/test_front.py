"""What every answer of Resource Manager carries, and what a request may spell in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUPS = f"{SUBSCRIPTION}/resourceGroups"
LEFT = "x-ms-ratelimit-remaining-subscription"


@pytest.mark.parametrize(
    "url",
    [
        f"{GROUPS}?API-Version=2021-04-01",
        f"{GROUPS}?$top=1&Api-Version=2021-04-01",
        f"{GROUPS.upper()}/?api-version=2021-04-01",
        f"{SUBSCRIPTION}//resourceGroups///?api-version=2021-04-01",
        f"{GROUPS}?api-version=2021-04-01-PREVIEW",
    ],
)
def test_letter_case_and_slashes_are_the_clients_own(sandbox: Sandbox, url: str) -> None:
    with sandbox.arm(None) as arm:
        answer = arm.get(url)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("query", ["", "api-version=", "xapi-version=2021-04-01", "version=1"])
def test_no_version_at_all_is_refused(sandbox: Sandbox, query: str) -> None:
    with sandbox.arm(None) as arm:
        answer = arm.get(f"{GROUPS}?{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "MissingApiVersionParameter"


def test_answers_say_who_they_are_and_what_is_left(sandbox: Sandbox) -> None:
    with sandbox.arm("2021-04-01") as arm:
        read = arm.get(GROUPS, headers={"x-ms-client-request-id": "mine"}).headers
        again = arm.get(GROUPS).headers
        deleted = arm.delete(f"{GROUPS}/nobody").headers

    assert read["x-ms-client-request-id"] == "mine"
    for name in ("x-ms-request-id", "x-ms-correlation-request-id", "x-ms-routing-request-id"):
        assert read[name] != again[name]
    assert int(read[f"{LEFT}-reads"]) > 0
    assert int(deleted[f"{LEFT}-deletes"]) > 0


def test_a_throttled_answer_has_nothing_left(alone: Sandbox) -> None:
    alone.refuse("GET .*/resourceGroups", 429, retry_after_ms=1500)
    with alone.arm("2021-04-01") as arm:
        throttled, after = arm.get(GROUPS), arm.get(GROUPS)

    assert (throttled.status_code, after.status_code) == (429, 200)
    assert throttled.headers["retry-after"] == "2"
    assert throttled.headers[f"{LEFT}-reads"] == "0"
    assert int(after.headers[f"{LEFT}-reads"]) > 0
