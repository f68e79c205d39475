"""Progress for the person who waits: a line per finished thing, and on a terminal what goes on."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.status import Status

SHOWN_MAX = 3
"""Names of running things on the live line; the rest is a count."""


@dataclass
class Progress:
    """Lines go to stderr; `status` is the live line, which only a terminal has.

    Several threads may tell it things at once. `clock` counts seconds from anywhere.
    """

    status: Status | None = None
    clock: Callable[[], float] = time.monotonic
    running: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, line: str) -> None:
        """Says a line of its own."""
        with self.lock:
            if self.status:
                self.status.console.print(line, markup=False, highlight=False, soft_wrap=True)
            else:
                click.echo(line, err=True)

    def begin(self, name: str) -> None:
        """Something is being worked on from now."""
        with self.lock:
            self.running.setdefault(name, self.clock())
            self._show()

    def end(self, name: str, line: str) -> None:
        """It is finished; its line ends with the seconds that it took, where they are known."""
        with self.lock:
            began = self.running.pop(name, None)
            self._show()
        took = "" if began is None else f"  {self.clock() - began:.1f} s"
        self.say(f"{line}{took}")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While a person is asked, nothing may be drawn over the question."""
        if not self.status:
            yield
            return
        self.status.stop()
        try:
            yield
        finally:
            self.status.start()

    def forget(self) -> None:
        """Whatever was being worked on is so no more."""
        with self.lock:
            self.running.clear()
            self._show()

    def _show(self) -> None:
        if not self.status:
            return
        names = list(self.running)
        rest = f" and {len(names) - SHOWN_MAX} more" if len(names) > SHOWN_MAX else ""
        self.status.update(f"{', '.join(names[:SHOWN_MAX])}{rest}" if names else "working")


@contextmanager
def open_progress() -> Iterator[Progress]:
    """Progress for this process's stderr; rich is imported for a terminal alone."""
    if not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("working") as status:
        yield Progress(status)
