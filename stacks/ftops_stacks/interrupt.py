"""How the program ends when the engine stops it, which it does with an interrupt."""

from __future__ import annotations

import os
import signal
from types import FrameType

ALREADY_TOLD = 32
"""The exit code by which Pulumi's Python host knows that there is nothing more to say."""


def end_quietly() -> None:
    """Ends without Python's traceback of an interrupt, in which a policy's sentence drowns.

    Only where Python's own handler is in place: the test runtime has one that cleans up.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    # Not 0, by which the engine would take the program for finished and its rest for deleted.
    os._exit(ALREADY_TOLD)
