"""Trouble on order, met by clients: shares, damage, stale reads, doubled requests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUP = f"{SUBSCRIPTION}/resourceGroups"
EAST = {"location": "eastus2"}


@pytest.fixture
def healed(alone: Sandbox) -> Iterator[Sandbox]:
    """A sandbox of this module's own, without faults before and after."""
    alone.heal()
    yield alone
    alone.heal()


def _statuses(sandbox: Sandbox, count: int) -> list[int]:
    with sandbox.arm() as arm:
        return [arm.get("/tenants").status_code for _ in range(count)]


def test_a_share_of_requests_fails_and_a_seed_picks_the_same_ones(healed: Sandbox) -> None:
    healed.refuse("GET /tenants", 503, rate=0.3, seed=7)
    first = _statuses(healed, 60)
    healed.heal()
    healed.refuse("GET /tenants", 503, rate=0.3, seed=7)
    again = _statuses(healed, 60)
    drawn = random.Random(7)  # noqa: S311 -- the server's own draw

    assert first == again
    assert first == [503 if drawn.random() < 0.3 else 200 for _ in range(60)]


def test_a_share_with_a_count_ends_after_it(healed: Sandbox) -> None:
    healed.refuse("GET /tenants", 500, rate=0.5, seed=1, times=4)

    assert _statuses(healed, 60).count(500) == 4


def test_a_429_says_when_to_come_back_only_where_told(healed: Sandbox) -> None:
    healed.refuse("GET /tenants", 429)
    healed.refuse("GET /tenants", 429, retry_after_ms=300)
    with healed.arm() as arm:
        silent, told = arm.get("/tenants"), arm.get("/tenants")

    assert not {"retry-after", "retry-after-ms"} & silent.headers.keys()
    assert (told.headers["retry-after"], told.headers["retry-after-ms"]) == ("1", "300")


def test_a_403_is_in_azures_words(healed: Sandbox) -> None:
    healed.refuse("DELETE .*/resourceGroups/", 403)
    with healed.arm() as arm:
        refused = arm.delete(f"{GROUP}/whatever")

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "AuthorizationFailed")


def test_a_truncated_answer_is_noticed_and_the_next_is_whole(healed: Sandbox) -> None:
    healed.refuse("GET /tenants", truncate=True)
    with healed.arm() as arm:
        with pytest.raises(httpx.TransportError):
            arm.get("/tenants")
        assert arm.get("/tenants").json()["value"]


def test_a_stale_read_sees_the_world_of_the_order(healed: Sandbox) -> None:
    with healed.arm() as arm:
        arm.put(f"{GROUP}/old", json={**EAST, "tags": {"v": "1"}})
        healed.refuse("GET .*/resourceGroups/", stale=True, times=2)
        arm.put(f"{GROUP}/old", json={**EAST, "tags": {"v": "2"}})
        arm.put(f"{GROUP}/new", json=EAST)
        old, missing = arm.get(f"{GROUP}/old"), arm.get(f"{GROUP}/new")
        fresh = arm.get(f"{GROUP}/old"), arm.get(f"{GROUP}/new")

    assert (old.json()["tags"], missing.status_code) == ({"v": "1"}, 404)
    assert (fresh[0].json()["tags"], fresh[1].status_code) == ({"v": "2"}, 200)


def test_a_doubled_request_is_done_twice_and_answered_once(healed: Sandbox) -> None:
    healed.refuse("PUT .*/resourceGroups/", duplicate=True)
    with healed.arm() as arm:
        second = arm.put(f"{GROUP}/doubled", json=EAST)
    dump = healed.ask("GET", "state?kind=activity")
    begun = [e for e in dump["events"] if e["body"]["status"] == "Started"]

    assert second.status_code == 200
    assert sum(e["subject"].endswith("/doubled") for e in begun) == 2


def test_a_dump_is_the_same_twice_and_holds_no_signing_secret(healed: Sandbox) -> None:
    healed.ask("POST", "clock", {"speed": 0})
    first, second = healed.ask("GET", "state"), healed.ask("GET", "state")
    healed.ask("POST", "clock", {"speed": 1})

    assert first == second
    assert "sandbox.secret" not in first["documents"]
    for documents in first["documents"].values():
        ids = [document["id"].casefold() for document in documents]
        assert ids == sorted(ids)


def test_traffic_is_what_the_metrics_say(healed: Sandbox) -> None:
    world = {
        "accounts": [
            {"name": "busy", "created": "5d", "deployments": [{"name": "talk", "capacity": 9}]}
        ]
    }
    healed.ask("POST", "world", world)
    order = {"deployment": "busy/talk", "rate": "20/h", "since": "2d", "profile": "burst"}
    calls = healed.ask("POST", "traffic", order)["calls"]
    dump = healed.ask("GET", "state?kind=call")
    healed.advance(minutes=5)
    account = f"{GROUP}/world/providers/Microsoft.CognitiveServices/accounts/busy"
    path = f"{account}/providers/Microsoft.Insights/metrics?metricnames=AzureOpenAIRequests"
    with healed.arm("2023-10-01") as arm:
        shown = arm.get(f"{path}&interval=FULL&timespan=P3D&aggregation=total").json()

    assert 700 < calls < 1220
    assert shown["value"][0]["timeseries"][0]["data"][0]["total"] == calls
    assert all(int(event["time"][14:16]) < 5 for event in dump["events"])


@given(body=st.dictionaries(st.text(max_size=12), st.integers() | st.text() | st.none()))
def test_no_order_at_all_breaks_the_door(alone: Sandbox, body: dict[str, object]) -> None:
    for door in ("faults", "traffic", "world"):
        answer = alone.plain.post(f"/_sandbox/{door}", json=body)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["message"]
