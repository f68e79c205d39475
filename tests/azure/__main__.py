"""`make test-azure`: runs the client tests on real Azure and writes down where a sandbox differs.

Refuses to start unless FTOPS_TEST_TARGET=azure, FTOPS_TEST_SUBSCRIPTION and FTOPS_TEST_CAP_USD
are set and the cap covers what a run can cost. Whatever happens, what it made is deleted.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NoReturn

from tests.azure import clients
from tests.azure.asker import Asker
from tests.azure.clients import Ended
from tests.azure.purse import Purse
from tests.azure.run import Run, unfinished
from tests.azure.shape import Shape, differences
from tests.azure.suite import STEPS, most_usd
from tests.azure.target import Target, azure, played_by
from tests.azure.teardown import Teardown
from tests.conftest import start_sandbox, stop_sandbox
from tests.sandbox import parity

TARGET: Final = "azure"
STOPS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
Json = dict[str, Any]


def main(tests: Sequence[str]) -> int:
    """Runs both suites; 0 when they came to their end, whatever differed, and nothing is left."""
    subscription, location, cap = _wanted()
    chosen = list(tests) or list(clients.SUITE)
    for number in STOPS:
        signal.signal(number, _stopped)
    purse = Purse(cap)
    _reserve(purse, chosen)
    folder = Path(os.environ.get("FTOPS_TEST_RECORD", clients.ROOT / ".ftops/azure"))
    _sweep(folder, subscription)
    run = Run.new(subscription, location)
    with _undone(run, folder) as left:
        theirs, (met, ended) = _ask_azure(run), clients.on_azure(chosen, run.name, cap - most_usd())
    ours, (known, sane) = _ask_the_sandbox(run), clients.on_sandbox(chosen)
    found = [*_of_answers(theirs, ours), *_of_tests(met, known, run)]
    _write(run, len(theirs), met, found)
    broken = [test for test, one in known.items() if one.outcome == "failed"]
    for test in broken:
        sys.stderr.write(f"test-azure: fails on a sandbox too, so it says nothing: {test}\n")
    sys.stderr.write(f"{len(theirs)} requests, {len(met)} tests, {len(found)} differences\n")
    return 0 if ended and sane and not left and not broken else 1


def _wanted() -> tuple[str, str, Decimal]:
    given = os.environ
    if given.get("FTOPS_TEST_TARGET") != TARGET:
        _refuse("this spends money on Azure; FTOPS_TEST_TARGET=azure says that you mean it")
    if not given.get("FTOPS_TEST_SUBSCRIPTION"):
        _refuse("FTOPS_TEST_SUBSCRIPTION is not set: which subscription may this be tried in?")
    try:
        cap = Decimal(given.get("FTOPS_TEST_CAP_USD", ""))
    except InvalidOperation:
        _refuse("FTOPS_TEST_CAP_USD is no number: how many dollars may this cost at most?")
    if not cap.is_finite():
        _refuse(f"a run costs more than FTOPS_TEST_CAP_USD={cap}, which is no bound")
    return given["FTOPS_TEST_SUBSCRIPTION"], given.get("FTOPS_TEST_LOCATION", "swedencentral"), cap


def _reserve(purse: Purse, tests: Sequence[str]) -> None:
    """Takes what everything may cost; a run that the cap does not cover whole does not begin."""
    asked: dict[str, Decimal | None] = {step.title: step.cost_max_usd for step in STEPS}
    asked |= clients.prices(tests)
    for title, cost in asked.items():
        if not purse.take(cost):
            said = "an unknown sum" if cost is None else f"{cost} dollars"
            _refuse(f"{title} can cost {said}, more than FTOPS_TEST_CAP_USD={purse.cap_usd} has")


def _refuse(why: str) -> NoReturn:
    sys.stderr.write(f"test-azure: {why}\n")
    raise SystemExit(2)


def _stopped(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


@contextmanager
def _undone(run: Run, folder: Path) -> Iterator[list[str]]:
    """Deletes what a run made, even if it is stopped; a second Ctrl-C does not stop that."""
    left: list[str] = []
    run.begin(folder)
    try:
        yield left
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)
        sys.stderr.write(f"test-azure: deleting what {run.name} made\n")
        left += _tear_down(run)
        if not left:
            run.end(folder)
        for number in STOPS:
            signal.signal(number, _stopped)


def _sweep(folder: Path, subscription: str) -> None:
    for earlier in unfinished(folder, subscription):
        sys.stderr.write(f"test-azure: {earlier.name} was cut off; deleting what it left\n")
        if not _tear_down(earlier):
            earlier.end(folder)


def _tear_down(run: Run) -> list[str]:
    target = _target(run)
    with target.arm() as arm:
        return Teardown(run, target, arm).all()


def _target(run: Run) -> Target:
    os.environ["FTOPS_TEST_RUN"] = run.name
    target = azure()
    assert target, "a run has a target"
    return target


def _ask_azure(run: Run) -> dict[str, Shape]:
    with Asker.of_azure(_target(run)) as asker:
        return {step.title: asker.ask(step) for step in STEPS}


def _ask_the_sandbox(run: Run) -> dict[str, Shape]:
    with tempfile.TemporaryDirectory() as folder:
        started = start_sandbox(Path(folder) / "sandbox")
        try:
            with Asker.of_sandbox(played_by(started, run.name, run.location), started) as asker:
                return {step.title: asker.ask(step) for step in STEPS}
        finally:
            stop_sandbox(started)


def _of_answers(theirs: dict[str, Shape], ours: dict[str, Shape]) -> Iterator[Json]:
    for title, shape in theirs.items():
        for where, left, right in differences(shape, ours[title]):
            yield {"step": title, "where": where, "azure": left, "sandbox": right}


def _of_tests(met: dict[str, Ended], known: dict[str, Ended], run: Run) -> Iterator[Json]:
    """A test that fails on Azure and passes on a sandbox is a difference."""
    for test, one in met.items():
        if one.outcome == "failed" and known.get(test) == Ended("passed", ""):
            said = clients.redacted(one.words, run.subscription_id, run.name)
            yield {"step": test, "where": "test", "azure": said, "sandbox": "passed"}


def _write(run: Run, asked: int, met: dict[str, Ended], found: list[Json]) -> None:
    said = {
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "location": run.location,
        "asked": asked,
        "tests": sum(one.outcome != "skipped" for one in met.values()),
        "differences": found,
    }
    path = Path(os.environ.get("FTOPS_TEST_REPORT", str(parity.MET)))
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
