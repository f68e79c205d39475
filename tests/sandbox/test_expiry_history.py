"""However the clock got there, and whatever died on the way, the history is the same."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
ACCOUNT = (
    f"{SUBSCRIPTION}/resourceGroups/world/providers/Microsoft.CognitiveServices/accounts/twice"
)
DATA = "https://cognitiveservices.azure.com/.default"
RANDOM = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Each example takes its months, and no model that is trained on may retire on the way.
START = "2001-03-02T00:00:00Z"
IDLE, DAY = timedelta(days=15), timedelta(days=1)
WORLD = {
    "accounts": [
        {
            "name": "twice",
            "created": "2d",
            "tuned_models": [{"name": "m", "created": "2d"}],
            "deployments": [
                {"name": "one", "model": "m", "created": "0s"},
                {"name": "two", "model": "m", "created": "1d", "sku": "Standard"},
                {"name": "day", "model": "m", "created": "0s", "sku": "DeveloperTier"},
                {"name": "base", "created": "0s"},
            ],
        }
    ]
}
TYPE = "Microsoft.CognitiveServices/accounts/deployments"
SKUS = {"one": "global", "two": "regional"}

# A step: so many hours pass, in so many pieces where there are pieces; then this one is called.
steps = st.lists(
    st.tuples(
        st.integers(1, 400),
        st.integers(1, 4),
        st.sampled_from(["one", "two", "day", "base", None]),
    ),
    min_size=1,
    max_size=5,
)


@dataclass(frozen=True)
class Stage:
    """A sandbox whose clock moves only when it is told to."""

    sandbox: Sandbox
    arm: httpx.Client
    data: httpx.Client

    def begin(self) -> None:
        self.sandbox.ask("POST", "reset")
        self.sandbox.ask("POST", "world", WORLD)

    def call(self, name: str) -> int:
        said = {"messages": [{"role": "user", "content": "Hi"}]}
        path = f"/_acct/twice/openai/deployments/{name}/chat/completions"
        return self.data.post(path, json=said, params={"api-version": "2024-10-21"}).status_code

    def history(self) -> list[Any]:
        """All that happened, without what is random in it."""
        told = self.sandbox.ask("GET", "state")
        kept = [told["now"], sorted(one["id"] for one in told["documents"].get(TYPE, []))]
        kept += [
            [e["time"], e["kind"], e["subject"], e["body"]]
            for e in told["events"]
            if "/deployments/" in e["subject"]
        ]
        found: list[Any] = json.loads(RANDOM.sub("X", json.dumps(kept)))
        return found

    def hosting(self) -> dict[str, float]:
        """Hours on the bill by scope."""
        now = self.sandbox.now()
        body = {
            "type": "ActualCost",
            "timeframe": "Custom",
            "timePeriod": {"from": f"{now - 300 * DAY:%Y-%m-%d}", "to": f"{now:%Y-%m-%d}"},
            "dataset": {
                "aggregation": {"total": {"name": "UsageQuantity", "function": "Sum"}},
                "grouping": [{"type": "Dimension", "name": "Meter"}],
            },
        }
        answer = self.arm.post(
            f"{SUBSCRIPTION}/providers/Microsoft.CostManagement/query", json=body
        )
        assert answer.status_code == 200, answer.text
        rows = answer.json()["properties"]["rows"]
        return {row[1].split()[2]: float(row[0]) for row in rows if "hosting" in row[1]}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Stage]]:
    """Two sandboxes at the same moment."""
    from tests.conftest import start_sandbox, stop_sandbox

    made = [start_sandbox(tmp_path_factory.mktemp(n) / "s", "--at", START) for n in ("a", "b")]
    for one in made:
        one.ask("POST", "clock", {"speed": 0, "set": "2001-03-02T06:00:00Z"})
    with made[0].arm() as first, made[1].arm() as second:
        clients = [
            httpx.Client(
                base_url=one.http,
                headers={"authorization": f"Bearer {one.token(DATA)}"},
                trust_env=False,
                timeout=60,
            )
            for one in made
        ]
        yield Stage(made[0], first, clients[0]), Stage(made[1], second, clients[1])
        for client in clients:
            client.close()
    for one in made:
        stop_sandbox(one)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(path=steps)
def test_one_jump_and_many_small_ones_write_the_same_history_and_bill(
    pair: tuple[Stage, Stage], path: list[tuple[int, int, str | None]]
) -> None:
    jumping, walking = pair
    for stage in pair:
        stage.begin()
    began = jumping.sandbox.now()
    assert walking.sandbox.now() == began
    calls: dict[str, list[datetime]] = {"one": [], "two": [], "day": [], "base": []}
    for hours, pieces, name in path:
        now = jumping.sandbox.advance(hours=hours)
        for _ in range(pieces):
            walking.sandbox.advance(seconds=hours * 3600 / pieces)
            walking.sandbox.now()
        walking.sandbox.ask("POST", "clock", {"set": now.isoformat()})
        if name:
            answers = {stage.call(name) for stage in pair}
            assert answers in ({200}, {404})
            calls[name] += [now] if answers == {200} else []
    assert jumping.history() == walking.history()
    # By then nothing tuned is left, and every day of it is on the bill.
    jumping.sandbox.advance(days=18)
    for _ in range(18):
        walking.sandbox.advance(days=1)

    assert jumping.history() == walking.history()
    assert jumping.hosting() == walking.hosting() == _expected(began, calls)


def _expected(began: datetime, calls: dict[str, list[datetime]]) -> dict[str, float]:
    """The hours by the rule alone: until fifteen days after the last call that was answered."""
    hours = {}
    for name, scope in SKUS.items():
        created = began - (DAY if name == "two" else timedelta(0))
        end = max([created, *calls[name]]) + IDLE
        hours[scope] = (end - created) / timedelta(hours=1)
    return hours


def test_a_kill_across_the_moment_changes_nothing(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    first = start_sandbox(tmp_path / "s", "--at", START)
    first.ask("POST", "world", WORLD)
    began = first.now()
    # Half a second before the end of its day, the process dies; its clock goes on without it.
    first.ask("POST", "clock", {"advance_seconds": 86_400 - 2.0 - (first.now() - began).seconds})
    os.kill(first.process.pid, signal.SIGKILL)
    first.plain.close()
    first.process.wait()

    second = start_sandbox(tmp_path / "s")
    second.advance(days=20)
    told = second.ask("GET", "state")
    stop_sandbox(second)
    deleted = {
        e["subject"].rpartition("/")[2]: datetime.fromisoformat(e["time"])
        for e in told["events"]
        if e["kind"] == "deployment.deleted"
    }
    made = {
        e["subject"].rpartition("/")[2]: datetime.fromisoformat(e["time"])
        for e in told["events"]
        if e["kind"] == "deployment.created"
    }

    assert {name: deleted[name] - made[name] for name in deleted} == {
        "day": DAY,
        "one": IDLE,
        "two": IDLE,
    }
    assert [one["id"].rpartition("/")[2] for one in told["documents"][TYPE]] == ["base"]
