"""The sandbox's own door: clock, faults, reset; and what a start, a restart and a kill leave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUP = f"{SUBSCRIPTION}/resourceGroups/door"


def _start(state: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to be refused."""
    command = [sys.executable, "-m", "ftops_sandbox", "--state", str(state), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


@pytest.fixture
def healed(alone: Sandbox) -> Iterator[Sandbox]:
    """A sandbox of this module's own, without faults before and after."""
    alone.heal()
    yield alone
    alone.heal()


def test_the_clock_jumps_and_date_follows(alone: Sandbox) -> None:
    before = alone.now()

    moved = alone.advance(hours=48)
    with alone.arm() as arm:
        shown = parsedate_to_datetime(arm.get("/subscriptions").headers["date"])

    assert timedelta(hours=48) <= moved - before < timedelta(hours=48, minutes=1)
    assert abs(shown - moved) < timedelta(seconds=5)


def test_the_clock_runs_as_fast_as_told(alone: Sandbox) -> None:
    alone.ask("POST", "clock", {"speed": 3600})
    begun = alone.now()
    time.sleep(0.2)
    passed = alone.now() - begun
    alone.ask("POST", "clock", {"speed": 1})

    assert passed > timedelta(minutes=10)


@pytest.mark.parametrize(
    "body",
    [{"advance_seconds": -1}, {"speed": -1}, {"speed": "x"}, {}, {"advance_seconds": 1e300}],
)
def test_a_clock_that_would_go_back_or_wild_is_refused(
    alone: Sandbox, body: dict[str, object]
) -> None:
    answer = alone.plain.post("/_sandbox/clock", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_a_fault_refuses_as_often_as_ordered(healed: Sandbox) -> None:
    healed.refuse("GET /subscriptions$", 429, times=2, retry_after_ms=1500, code="Busy")
    with healed.arm(api_version=None) as arm:
        answers = [arm.get("/subscriptions") for _ in range(2)]
        other = arm.get("/tenants?api-version=2022-12-01")
        after = arm.get("/subscriptions?api-version=2022-12-01")

    assert [answer.status_code for answer in answers] == [429, 429]
    assert answers[0].headers["retry-after"] == "2"
    assert answers[0].headers["retry-after-ms"] == "1500"
    assert answers[0].json()["error"]["code"] == "Busy"
    assert (other.status_code, after.status_code) == (200, 200)


def test_an_sdk_waits_out_a_429_and_a_503(healed: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from azure.identity import DefaultAzureCredential
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

    for name, value in healed.env.items():
        monkeypatch.setenv(name, value)
    healed.refuse("GET .*/accounts", 429, times=1, retry_after_ms=10)
    healed.refuse("GET .*/accounts", 503, times=1, retry_after_ms=10)

    with (
        DefaultAzureCredential() as credential,
        CognitiveServicesManagementClient(credential, SUBSCRIPTION.rpartition("/")[2]) as client,
    ):
        assert isinstance(list(client.accounts.list()), list)
    assert healed.ask("GET", "status")["faults"] == 0


def test_a_fault_drops_the_connection(healed: Sandbox) -> None:
    healed.refuse("GET /tenants", drop=True)
    with healed.arm() as arm:
        with pytest.raises(httpx.TransportError):
            arm.get("/tenants")
        assert arm.get("/tenants").status_code == 200


def test_a_fault_slows_and_lets_through(healed: Sandbox) -> None:
    healed.refuse("GET /tenants", delay_ms=300)
    with healed.arm() as arm:
        begun = time.perf_counter()
        answer = arm.get("/tenants")

    assert answer.status_code == 200
    assert time.perf_counter() - begun >= 0.3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"match": "GET ("},
        {"match": "GET /"},
        {"match": "GET /", "status": 200},
        {"match": "GET /", "status": 429, "times": -1},
        {"match": "GET /", "status": 429, "times": "x"},
    ],
)
def test_an_order_for_trouble_that_makes_no_sense_is_refused(
    healed: Sandbox, body: dict[str, object]
) -> None:
    assert healed.plain.post("/_sandbox/faults", json=body).status_code == 400


def test_a_reset_forgets_all_but_the_clock_and_the_tokens(healed: Sandbox) -> None:
    with healed.arm() as arm:
        arm.put(GROUP, json={"location": "eastus2"})
        before = healed.advance(hours=1)
        healed.ask("POST", "reset")
        assert arm.get(GROUP).status_code == 404
    assert healed.now() >= before


def test_state_survives_a_restart_and_time_goes_on(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    del request
    first = start_sandbox(tmp_path / "s", "--at=-30d")
    with first.arm() as arm:
        arm.put(GROUP, json={"location": "eastus2", "tags": {"kept": "yes"}})
    token, moment = first.token(), first.advance(hours=5)
    stop_sandbox(first)

    second = start_sandbox(tmp_path / "s")
    headers = {"authorization": f"Bearer {token}"}
    answer = second.plain.get(f"{GROUP}?api-version=2021-04-01", headers=headers)
    ahead = second.now() - moment
    stop_sandbox(second)

    assert answer.json()["tags"] == {"kept": "yes"}
    assert timedelta(0) <= ahead < timedelta(minutes=5)
    assert first.running.ca == second.running.ca


def test_a_killed_sandbox_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    first = start_sandbox(tmp_path / "s")
    with first.arm() as arm:
        kept = [
            name
            for name in (f"{GROUP}{number}" for number in range(40))
            if arm.put(name, json={"location": "eastus2"}).status_code == 201
        ]
        os.kill(first.process.pid, signal.SIGKILL)
    first.plain.close()
    first.process.wait()

    second = start_sandbox(tmp_path / "s")
    with second.arm() as arm:
        assert all(arm.get(name).status_code == 200 for name in kept)
    stop_sandbox(second)
    assert len(kept) == 40


@pytest.mark.parametrize(
    ("options", "ago"),
    [(("--at", "-30d"), timedelta(days=30)), (("--at=-12h",), timedelta(hours=12))],
)
def test_a_sandbox_starts_in_the_past(
    tmp_path: Path, options: tuple[str, ...], ago: timedelta, wall: datetime
) -> None:
    from tests.conftest import start_sandbox, stop_sandbox

    started = start_sandbox(tmp_path / "s", *options)
    now = started.now()
    again = _start(tmp_path / "s")
    stop_sandbox(started)
    back = _start(tmp_path / "s", "--at", "-90d")

    assert abs(wall - now - ago) < timedelta(minutes=1)
    assert (again.returncode, back.returncode) == (4, 4)
    assert "AlreadyRunning" in again.stdout
    assert "ClockIsSet" in back.stdout


@pytest.mark.parametrize("start", ["yesterday", "-30", "2026-13-01", "-999999999d"])
def test_a_start_that_is_no_time_is_refused(tmp_path: Path, start: str) -> None:
    refused = _start(tmp_path / "s", "--at", start)

    assert refused.returncode == 4
    assert "BadStart" in refused.stdout
    assert "Traceback" not in refused.stderr


def test_a_port_in_use_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    refused = _start(tmp_path / "s", "--port", sandbox.http.rpartition(":")[2])

    assert refused.returncode == 4
    assert "PortInUse" in refused.stdout


def test_secrets_are_for_their_owner_alone(sandbox: Sandbox) -> None:
    state = Path(sandbox.running.state)

    assert (state / "leaf.pem").stat().st_mode & 0o077 == 0
    assert not list(state.glob("*ca*key*"))
