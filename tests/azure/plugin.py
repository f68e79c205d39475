"""The pytest plugin of a run: only what is marked `on_azure`, only what the purse still covers."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from tests.azure.purse import Purse, price

MARK: Final = "on_azure"
CAP: Final = "FTOPS_TEST_CAP_LEFT_USD"
SAID: Final = "FTOPS_TEST_OUTCOMES"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Ledger(Path(os.environ[SAID])), "ledger")


class Ledger:
    """What each test may cost, and how it ended, as JSON lines in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parent = os.getppid()
        cap = os.environ.get(CAP)
        self._purse = None if cap is None else Purse(Decimal(cap))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        others = [item for item in items if not item.get_closest_marker(MARK)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.get_closest_marker(MARK)]
        for item in items:
            cost = declared(item)
            self._write({"test": item.nodeid, "cost": None if cost is None else str(cost)})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if os.getppid() != self._parent:
            pytest.exit("the run that asked for this is gone", returncode=2)
        if self._purse and not self._purse.take(declared(item)):
            pytest.skip("the cap does not cover it")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            ended = {"outcome": report.outcome, "words": _words(report)}
            self._write({"test": report.nodeid, **ended})

    def _write(self, line: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def declared(item: pytest.Item) -> Decimal | None:
    """What a test says that it costs at most; None if it does not say."""
    mark = item.get_closest_marker(MARK)
    return price(mark.kwargs.get("cost_max_usd")) if mark else None


def _words(report: pytest.TestReport) -> str:
    """The first line of what went wrong."""
    if report.outcome == "passed":
        return ""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else str(report.longrepr)
    return str(text).strip().partition("\n")[0]
