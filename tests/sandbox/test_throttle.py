"""A sandbox that throttles holds each principal to Resource Manager's limits, by the wall clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.conftest import start_sandbox, stop_sandbox

if TYPE_CHECKING:
    from tests.conftest import Sandbox

GROUPS = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups"
BUCKET = 200
LEFT = "x-ms-ratelimit-remaining-subscription-writes"


@pytest.fixture
def throttled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    started = start_sandbox(tmp_path_factory.mktemp("throttled") / "sandbox", "--throttle")
    yield started
    stop_sandbox(started)


def _writes(arm: httpx.Client, count: int) -> list[httpx.Response]:
    """Writes that are cheap to refuse: their bodies say nothing."""
    return [arm.put(f"{GROUPS}/rg-{number}", json={}) for number in range(count)]


def test_an_empty_bucket_is_a_429_with_the_seconds_to_wait_and_other_kinds_go_on(
    throttled: Sandbox,
) -> None:
    with throttled.arm() as arm:
        answers = _writes(arm, 2 * BUCKET)
        read = arm.get(GROUPS)
    refused = [each for each in answers if each.status_code == 429]

    assert answers[0].headers[LEFT] == str(BUCKET - 1)
    assert answers[BUCKET - 1].status_code != 429
    assert refused
    assert {each.json()["error"]["code"] for each in refused} == {"SubscriptionRequestsThrottled"}
    assert refused[0].headers[LEFT] == "0"
    assert int(refused[0].headers["retry-after"]) >= 1
    assert read.status_code == 200


def test_what_is_not_asked_to_throttle_does_not(alone: Sandbox) -> None:
    with alone.arm() as arm:
        statuses = {each.status_code for each in _writes(arm, 2 * BUCKET)}

    assert statuses == {400}
