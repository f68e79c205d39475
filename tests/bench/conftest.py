"""Figures with a peer beside each, in one table at the end; a benchmark judges nothing."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pytest

Pair = Callable[[str, Sequence[str], Sequence[str]], None]
Tell = Callable[["Figure"], None]
ROUNDS = 5
SECONDS_MAX = 120
ANSWERS = {0, 1}
"""Yes and no; anything else is no measurement."""

HEADINGS = ("what", "ftops", "peer", "ratio", "the peer is")


@dataclass(frozen=True)
class Figure:
    """One measurement and its peer's, in the same unit: `s`, or `/s`."""

    what: str
    ours: float
    peer: float
    unit: str
    peer_is: str

    def row(self) -> tuple[str, ...]:
        """Its cells, under `HEADINGS`."""
        digits = 0 if self.unit == "/s" else 2
        told = [f"{each:,.{digits}f} {self.unit}" for each in (self.ours, self.peer)]
        return (self.what, *told, f"{self.ours / self.peer:.2f}", self.peer_is)


FIGURES: Final = pytest.StashKey[list[Figure]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    rows = [HEADINGS, *(figure.row() for figure in config.stash[FIGURES])]
    if len(rows) == 1:
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    terminalreporter.section("benchmarks")
    for what, *numbers, peer in rows:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:4], strict=True)]
        terminalreporter.write_line("  ".join([what.ljust(widths[0]), *cells, peer]))


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Puts a figure on the table."""
    figures = request.config.stash[FIGURES]
    return figures.append


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS_MAX)
    spent = time.perf_counter() - begun
    assert done.returncode in ANSWERS, done.stderr.decode()
    return spent


@pytest.fixture
def pair(tell: Tell) -> Pair:
    """A command and its peer in turn, so that a slow machine slows both; the medians count.

    The title says both: `ours | the peer`.
    """

    def run(title: str, ours: Sequence[str], peer: Sequence[str]) -> None:
        rounds = [(_seconds(ours), _seconds(peer)) for _ in range(ROUNDS + 1)][1:]
        mine, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
        what, _, peer_is = title.partition(" | ")
        tell(Figure(what, mine, theirs, "s", peer_is))

    return run
