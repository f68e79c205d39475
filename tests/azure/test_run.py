"""The run against real Azure, with a sandbox in Azure's place: it has never met the real one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.azure.shape import differences, shape
from tests.azure.suite import STEPS, most_usd
from tests.azure.target import TAG
from tests.conftest import Sandbox
from tests.sandbox import parity

ROOT = Path(__file__).parents[2]
CHOSEN = "tests/sandbox/test_resource_client.py"
"""Three client tests that stand for all of them: a whole run takes minutes."""

NONE = "tests/azure/test_scope.py"
"""No client test at all: the requests alone."""

PROVIDER = r"GET .*/providers/Microsoft.CognitiveServices\?"
"""What the second of them asks last."""


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
        "FTOPS_TEST_RECORD": str(tmp_path / "runs"),
    }


@pytest.fixture
def azure(alone: Sandbox) -> Iterator[Sandbox]:
    """The sandbox that plays Azure, without faults before and after."""
    alone.heal()
    yield alone
    alone.heal()


def _command(*tests: str) -> list[str]:
    return [sys.executable, "-m", "tests.azure", *(tests or (CHOSEN,))]


def _run(variables: dict[str, str], *tests: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(*tests),
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _named(azure: Sandbox, *paths: str) -> list[str]:
    place = f"/subscriptions/{azure.env['AZURE_SUBSCRIPTION_ID']}"
    with azure.arm() as arm:
        found = [arm.get(f"{place}/{path}").json()["value"] for path in paths]
    return [one["name"] for each in found for one in each]


def _left(azure: Sandbox) -> list[str]:
    """The names of groups and of deleted accounts that a run left behind."""
    deleted = "providers/Microsoft.CognitiveServices/deletedAccounts"
    return _named(azure, "resourceGroups", deleted)


def _until_a_client_test_has_made_an_account(azure: Sandbox) -> None:
    """The account of the requests is called as the run is; a test's is not."""
    accounts = "providers/Microsoft.CognitiveServices/accounts"
    until = time.monotonic() + 90
    while not any(name.startswith("acct-") for name in _named(azure, accounts)):
        assert time.monotonic() < until, "no client test made anything"
        time.sleep(0.1)


@pytest.fixture
def others(azure: Sandbox) -> Iterator[list[str]]:
    """Groups that look like a run's and are not: without a tag, and with another run's."""
    place = f"/subscriptions/{azure.env['AZURE_SUBSCRIPTION_ID']}/resourceGroups"
    tagged = {"ftopstestother": {}, "ftopstest0": {TAG: "ftopstest0"}, "theirs": {TAG: "x"}}
    with azure.arm() as arm:
        for name, tags in tagged.items():
            arm.put(f"{place}/{name}", json={"location": "eastus2", "tags": tags})
        yield list(tagged)
        for name in tagged:
            arm.delete(f"{place}/{name}")


def test_two_alike_do_not_differ_and_nothing_of_a_run_is_left(
    azure: Sandbox, variables: dict[str, str], report: Path, others: list[str]
) -> None:
    done = _run(variables)

    assert done.returncode == 0, done.stderr
    said = json.loads(report.read_text(encoding="utf-8"))
    assert (said["asked"], said["tests"], said["differences"]) == (len(STEPS), 3, [])
    assert sorted(_left(azure)) == sorted(others), "what others made stays"
    assert list(Path(variables["FTOPS_TEST_RECORD"]).iterdir()) == []


def test_another_answer_is_written_down_and_a_failing_step_stops_no_teardown(
    azure: Sandbox, variables: dict[str, str], report: Path
) -> None:
    azure.refuse(r"PUT .*/deployments/d\b", 409, times=1, code="Busy", message="Not now.")
    azure.refuse(PROVIDER, 400, times=9, message="Odd.")
    azure.refuse("DELETE .*/resourceGroups/[^/]*$", 500, times=2)

    done = _run(variables)

    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))["differences"]
    mine = [one for one in found if one["step"] == "PUT accounts/deployments"]
    assert {"step": mine[0]["step"], "where": "status", "azure": "409", "sandbox": "201"} in mine
    assert "Busy" in [one["azure"] for one in mine]
    [test] = [one for one in found if one["where"] == "test"]
    assert test["step"].endswith("::test_the_sdk_finds_an_account_among_all_resources")
    assert ("Odd." in test["azure"], test["sandbox"]) == (True, "passed")
    assert test["step"] in parity.render([], report)
    assert _left(azure) == []


@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_deletes_what_it_made(
    blow: signal.Signals, azure: Sandbox, variables: dict[str, str], report: Path
) -> None:
    azure.refuse(PROVIDER, delay_ms=20_000)
    with subprocess.Popen(
        _command(), cwd=ROOT, env=variables, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        _until_a_client_test_has_made_an_account(azure)
        os.kill(process.pid, blow)
        process.communicate(timeout=120)

    assert process.returncode != 0
    assert _left(azure) == []
    assert not report.exists()


def test_a_run_that_was_killed_is_undone_by_the_next(
    azure: Sandbox, variables: dict[str, str]
) -> None:
    azure.refuse(PROVIDER, delay_ms=5_000, times=1)
    with subprocess.Popen(_command(), cwd=ROOT, env=variables, stderr=subprocess.DEVNULL) as run:
        _until_a_client_test_has_made_an_account(azure)
        run.kill()
    assert _left(azure), "a kill leaves what there was"
    # Its pytest sees that it is alone before its next test.
    time.sleep(6)

    done = _run(variables, NONE)

    assert (done.returncode, "was cut off" in done.stderr) == (0, True), done.stderr
    assert _left(azure) == []


def test_a_crash_of_the_tests_is_no_end_and_is_cleaned_up_after(
    azure: Sandbox, variables: dict[str, str], tmp_path: Path
) -> None:
    crash = tmp_path / "test_crash.py"
    mark = '@pytest.mark.on_azure(cost_max_usd="0")'
    crash.write_text(f"import os, pytest\n{mark}\ndef test_crash(): os.abort()\n", encoding="utf-8")

    done = _run(variables, str(crash))

    assert done.returncode == 1, done.stderr
    assert _left(azure) == []


def test_a_test_without_a_price_is_not_begun(
    azure: Sandbox, variables: dict[str, str], tmp_path: Path
) -> None:
    dear = tmp_path / "test_dear.py"
    dear.write_text(
        "import pytest\n@pytest.mark.on_azure()\ndef test_dear(): ...\n", encoding="utf-8"
    )

    done = _run(variables, str(dear))

    assert (done.returncode, "an unknown sum" in done.stderr) == (2, True), done.stderr
    assert _left(azure) == []


def test_what_cannot_be_deleted_is_named(azure: Sandbox, variables: dict[str, str]) -> None:
    azure.refuse("DELETE .*/resourceGroups/[^/]*$", 403, times=9)

    done = _run(variables, NONE)

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
