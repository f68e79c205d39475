"""Pairs: a command and its peer, run in turn, so that a slow machine slows both."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence

import pytest

Pair = Callable[[str, Sequence[str], Sequence[str]], None]
ROUNDS = 7


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - begun


@pytest.fixture
def pair(capsys: pytest.CaptureFixture[str]) -> Pair:
    """Prints the medians of both and of their ratio, round by round; it judges nothing."""

    def run(title: str, ours: Sequence[str], peer: Sequence[str]) -> None:
        rounds = [(_seconds(ours), _seconds(peer)) for _ in range(ROUNDS + 1)][1:]
        ratio = statistics.median(one / other for one, other in rounds)
        mine, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
        with capsys.disabled():
            print(f"\n{title}: {mine:.3f} s, peer {theirs:.3f} s, ratio {ratio:.2f}")  # noqa: T201 - a benchmark prints

    return run
