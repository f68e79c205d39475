"""The run against real Azure, with a sandbox in Azure's place: it has never met the real one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.azure.shape import differences, shape
from tests.azure.suite import STEPS, most_usd
from tests.conftest import Sandbox

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Where a run writes what differed."""
    return tmp_path / "met.json"


@pytest.fixture
def variables(alone: Sandbox, report: Path, tmp_path: Path) -> dict[str, str]:
    """The shell of somebody who means it, pointed at a sandbox that plays Azure."""
    return {
        **alone.env,
        "HOME": str(tmp_path),
        "FTOPS_TEST_TARGET": "azure",
        "FTOPS_TEST_SUBSCRIPTION": alone.env["AZURE_SUBSCRIPTION_ID"],
        "FTOPS_TEST_CAP_USD": "1",
        "FTOPS_TEST_REPORT": str(report),
    }


@pytest.fixture
def azure(alone: Sandbox) -> Iterator[Sandbox]:
    """The sandbox that plays Azure, without faults before and after."""
    alone.heal()
    yield alone
    alone.heal()


def _run(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.azure"]
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300, check=False
    )


def _left(azure: Sandbox) -> list[str]:
    """The names of groups and of deleted accounts that a run left behind."""
    with azure.arm() as arm:
        place = f"/subscriptions/{azure.env['AZURE_SUBSCRIPTION_ID']}"
        found: list[Any] = arm.get(f"{place}/resourceGroups").json()["value"]
        where = f"{place}/providers/Microsoft.CognitiveServices/deletedAccounts"
        found += arm.get(where).json()["value"]
    return [one["name"] for one in found]


def test_two_alike_do_not_differ_and_nothing_is_left(
    azure: Sandbox, variables: dict[str, str], report: Path
) -> None:
    done = _run(variables)

    assert done.returncode == 0, done.stderr
    said = json.loads(report.read_text(encoding="utf-8"))
    assert (said["asked"], said["differences"]) == (len(STEPS), [])
    assert _left(azure) == []


def test_another_answer_is_written_down_and_a_failing_step_stops_no_teardown(
    azure: Sandbox, variables: dict[str, str], report: Path
) -> None:
    azure.refuse(r"PUT .*/deployments/d\b", 409, times=1, code="Busy", message="Not now.")
    azure.refuse("DELETE .*/resourceGroups/[^/]*$", 500, times=2)

    done = _run(variables)

    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))["differences"]
    mine = [one for one in found if one["step"] == "PUT accounts/deployments"]
    assert {"step": mine[0]["step"], "where": "status", "azure": "409", "sandbox": "201"} in mine
    assert "Busy" in [one["azure"] for one in mine]
    assert _left(azure) == []


@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_deletes_what_it_made(
    blow: signal.Signals, azure: Sandbox, variables: dict[str, str], report: Path
) -> None:
    command = [sys.executable, "-m", "tests.azure"]
    with subprocess.Popen(command, cwd=ROOT, env=variables, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 60
        while not _left(azure) and time.monotonic() < until:
            time.sleep(0.1)
        assert _left(azure), "the run made nothing within a minute"
        os.kill(process.pid, blow)
        process.communicate(timeout=120)

    assert process.returncode != 0
    assert _left(azure) == []
    assert not report.exists()


def test_what_cannot_be_deleted_is_named(azure: Sandbox, variables: dict[str, str]) -> None:
    azure.refuse("DELETE .*/resourceGroups/[^/]*$", 403, times=9)

    done = _run(variables)

    assert done.returncode == 1
    assert "NOT DELETED" in done.stderr
    azure.ask("POST", "reset")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FTOPS_TEST_TARGET", "", "spends money"),
        ("FTOPS_TEST_SUBSCRIPTION", "", "which subscription"),
        ("FTOPS_TEST_CAP_USD", "", "is no number"),
        ("FTOPS_TEST_CAP_USD", "NaN", "more than"),
        ("FTOPS_TEST_CAP_USD", "0.01", "more than"),
    ],
)
def test_a_run_does_not_start_without_a_subscription_and_a_cap(
    name: str, value: str, words: str, azure: Sandbox, variables: dict[str, str]
) -> None:
    done = _run({**variables, name: value})

    assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert _left(azure) == []


def test_a_run_costs_less_than_a_dollar() -> None:
    assert 0 < most_usd() < 1


def test_values_do_not_differ_but_kinds_states_and_codes_do() -> None:
    one = shape(200, {"a": 1, "list": [{"b": "x"}], "none": []})
    two = shape(200, {"a": 2, "list": [{"b": None}, {"c": True}], "none": [{"d": 1}]})
    refused = shape(400, {"error": {"code": "Bad", "message": "no"}})

    assert differences(one, one) == []
    assert ("list[].c", "absent", "boolean") in differences(one, two)
    assert not [where for where, *_ in differences(one, two) if where.startswith("none")]
    assert refused["error code"] == "Bad"
