"""Progress: a line per finished thing with its seconds, and a live line on a terminal alone."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from ftops.progress import Progress, open_progress


def _clock(*seconds: float) -> Progress:
    ticks = iter(seconds)
    return Progress(clock=lambda: next(ticks))


def test_a_finished_thing_is_told_with_the_seconds_it_took(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = _clock(10.0, 13.25)
    progress.begin("oai")
    progress.end("oai", "created    oai")

    assert capsys.readouterr() == ("", "created    oai  3.2 s\n")


def test_what_nobody_saw_begin_has_no_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    _clock().end("oai", "created    oai")

    assert capsys.readouterr().err == "created    oai\n"


def test_without_a_terminal_nothing_moves(capsys: pytest.CaptureFixture[str]) -> None:
    assert not sys.stderr.isatty()
    with open_progress() as progress:
        progress.begin("oai")
        with progress.paused():
            progress.say("[a] b")

    assert capsys.readouterr().err == "[a] b\n"


def test_on_a_terminal_the_live_line_shows_what_goes_on() -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=60)
    with console.status("working") as status:
        progress = Progress(status)
        for name in ("one", "two", "three", "four"):
            progress.begin(name)
        assert str(status.status) == "one, two, three and 1 more"
        progress.end("one", "created    [one]")
        assert str(status.status) == "two, three, four"
        progress.forget()
        assert str(status.status) == "working"

    assert "created    [one]" in written.getvalue()
