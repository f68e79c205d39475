"""Trouble on order: the next N requests that match a pattern fail as asked."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Any

_STATUS_MIN, _STATUS_MAX = 400, 599
_WORDS = {
    429: ("TooManyRequests", "The request was throttled."),
    500: (
        "InternalServerError",
        "Encountered internal server error. Diagnostic information: none.",
    ),
    503: ("ServiceUnavailable", "The service is temporarily unavailable. Please try again later."),
}


@dataclass
class Fault:
    """What to do to a matching request; `times_left` None means every time.

    `status` None only delays. `drop` closes the connection without an answer.
    """

    match: re.Pattern[str]
    status: int | None
    code: str
    message: str
    times_left: int | None = 1
    retry_after_ms: int | None = None
    delay_ms: int = 0
    drop: bool = False


class Faults:
    """The faults in force, oldest first; kept in memory, so a restart heals."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, line: str) -> Fault | None:
        """The first fault for a `METHOD /path?query`, counted down; None when all is well."""
        with self._lock:
            fault = next((f for f in self._faults if f.match.search(line)), None)
            if fault and fault.times_left is not None:
                fault.times_left -= 1
                if fault.times_left <= 0:
                    self._faults.remove(fault)
            return fault


def parse_fault(body: dict[str, Any]) -> Fault:
    """A fault from the admin door's JSON; ValueError says what is wrong with it."""
    pattern, status = body.get("match"), body.get("status")
    if not isinstance(pattern, str) or not pattern:
        raise ValueError('"match" is missing: a method and a regular expression for the path.')
    method, _, path = pattern.partition(" ")
    line = f"^{method} .*?(?:{path})" if path else pattern
    if status is not None and not (
        isinstance(status, int) and _STATUS_MIN <= status <= _STATUS_MAX
    ):
        raise ValueError(f'"status" is {status!r}: a number from {_STATUS_MIN} to {_STATUS_MAX}.')
    if status is None and not body.get("delay_ms") and not body.get("drop"):
        raise ValueError('Say what to do: "status", "delay_ms" or "drop".')
    code, message = _WORDS.get(status or 0, ("Refused", "The sandbox was asked to refuse this."))
    try:
        compiled = re.compile(line, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f'"match" is not a regular expression: {error}.') from error
    return Fault(
        compiled,
        status,
        str(body.get("code", code)),
        str(body.get("message", message)),
        times_left=_count(body, "times", 1),
        retry_after_ms=_count(body, "retry_after_ms", None),
        delay_ms=_count(body, "delay_ms", 0) or 0,
        drop=bool(body.get("drop", False)),
    )


def _count(body: dict[str, Any], name: str, default: int | None) -> int | None:
    value = body.get(name, default)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise ValueError(f'"{name}" is {value!r}: a whole number, not negative.')
    return value
