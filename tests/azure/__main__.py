"""`make test-azure`: asks real Azure and a sandbox the same, and writes down where they differ.

Refuses to start unless FTOPS_TEST_TARGET=azure, FTOPS_TEST_SUBSCRIPTION and FTOPS_TEST_CAP_USD
are set and the cap covers what a run can cost. Whatever happens, what it made is deleted.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NoReturn

from tests.azure.asker import Asker
from tests.azure.shape import Shape, differences
from tests.azure.suite import STEPS, most_usd
from tests.conftest import start_sandbox, stop_sandbox
from tests.sandbox import parity

TARGET: Final = "azure"


def main() -> int:
    """Runs the suite; 0 when it was asked to the end, whatever differed, and nothing is left."""
    subscription, location = _wanted()
    signal.signal(signal.SIGTERM, _stopped)
    name = f"ftopstest{datetime.now(UTC):%m%d%H%M%S}{os.getpid()}"
    with Asker.of_azure(subscription, location, name) as azure:
        theirs = _ask_all(azure)
    ours = _ask_the_sandbox(location, name)
    found = [
        {"step": title, "where": where, "azure": left, "sandbox": right}
        for title in theirs
        for where, left, right in differences(theirs[title], ours[title])
    ]
    _write(Path(os.environ.get("FTOPS_TEST_REPORT", str(parity.MET))), location, found)
    sys.stderr.write(f"{len(theirs)} requests, {len(found)} differences\n")
    return 1 if azure.left else 0


def _wanted() -> tuple[str, str]:
    given = os.environ
    if given.get("FTOPS_TEST_TARGET") != TARGET:
        _refuse("this spends money on Azure; FTOPS_TEST_TARGET=azure says that you mean it")
    if not given.get("FTOPS_TEST_SUBSCRIPTION"):
        _refuse("FTOPS_TEST_SUBSCRIPTION is not set: which subscription may this be tried in?")
    try:
        cap = Decimal(given.get("FTOPS_TEST_CAP_USD", ""))
    except InvalidOperation:
        _refuse("FTOPS_TEST_CAP_USD is no number: how many dollars may this cost at most?")
    if not cap.is_finite() or cap < most_usd():
        _refuse(f"a run can cost {most_usd()} dollars, more than FTOPS_TEST_CAP_USD={cap}")
    return given["FTOPS_TEST_SUBSCRIPTION"], given.get("FTOPS_TEST_LOCATION", "swedencentral")


def _refuse(why: str) -> NoReturn:
    sys.stderr.write(f"test-azure: {why}\n")
    raise SystemExit(2)


def _stopped(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _ask_all(asker: Asker) -> dict[str, Shape]:
    """Asks each step, and deletes what was made even if one of them fails or the run is stopped."""
    try:
        return {step.title: asker.ask(step) for step in STEPS}
    finally:
        asker.tear_down()


def _ask_the_sandbox(location: str, name: str) -> dict[str, Shape]:
    with tempfile.TemporaryDirectory() as folder:
        started = start_sandbox(Path(folder) / "sandbox")
        try:
            with Asker.of_sandbox(started, location, name) as sandbox:
                return _ask_all(sandbox)
        finally:
            stop_sandbox(started)


def _write(path: Path, location: str, found: list[dict[str, Any]]) -> None:
    said = {
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "location": location,
        "asked": len(STEPS),
        "differences": found,
    }
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
