"""Trouble on order: the requests that match a pattern fail as asked, so often or at such a rate."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

_STATUS_MIN, _STATUS_MAX = 400, 599
_DELAY_MS_MAX = 600_000
_DEEDS = ("drop", "truncate", "stale", "duplicate")
_WORDS = {
    403: (
        "AuthorizationFailed",
        "The client does not have authorization to perform this action over this scope.",
    ),
    429: ("TooManyRequests", "The request was throttled."),
    500: (
        "InternalServerError",
        "Encountered internal server error. Diagnostic information: none.",
    ),
    503: ("ServiceUnavailable", "The service is temporarily unavailable. Please try again later."),
}
_KNOWN = {"match", "status", "code", "message", "times", "rate", "seed", "retry_after_ms"} | {
    "delay_ms",
    *_DEEDS,
}


@dataclass
class Fault:
    """What to do to a matching request; `times_left` None means every time.

    `rate` is the share of matching requests that are hit, drawn from `chance`: the same seed hits
    the same requests. `status` None lets through, late or damaged as the rest says: `drop` closes
    the connection without an answer, `truncate` in the middle of one, `duplicate` delivers the
    request twice, and a stale read is answered by `past`, the world as it was at the order.
    """

    match: re.Pattern[str]
    pattern: str
    status: int | None
    code: str
    message: str
    chance: random.Random
    times_left: int | None = 1
    rate: float = 1.0
    seed: int = 0
    retry_after_ms: int | None = None
    delay_ms: int = 0
    drop: bool = False
    truncate: bool = False
    duplicate: bool = False
    stale: bool = False
    past: ASGIApp | None = None
    hits: int = 0

    def show(self) -> dict[str, Any]:
        """The order as it stands, for people and programs."""
        does: dict[str, Any] = {"status": self.status, "delay_ms": self.delay_ms or None}
        if self.status is not None:
            does |= {"code": self.code, "retry_after_ms": self.retry_after_ms}
        does |= {name: True for name in _DEEDS if getattr(self, name)}
        kept = {name: value for name, value in does.items() if value is not None}
        drawn = {"rate": self.rate, "seed": self.seed} if self.rate < 1 else {}
        left = {"match": self.pattern, "times_left": self.times_left, "hits": self.hits}
        return {**left, **drawn, **kept}

    def hits_now(self, line: str) -> bool:
        """Whether this fault is for this `METHOD /path?query`; draws where there is a rate."""
        if self.stale and not line.startswith(("GET ", "HEAD ")):
            return False
        return bool(self.match.search(line)) and self.chance.random() < self.rate


class Faults:
    """The faults in force, oldest first; kept in memory, so a restart heals."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._faults)

    def show(self) -> list[dict[str, Any]]:
        """Every fault in force."""
        with self._lock:
            return [fault.show() for fault in self._faults]

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._faults.clear()

    def take(self, line: str) -> Fault | None:
        """The first fault for a `METHOD /path?query`, counted down; None when all is well."""
        if not self._faults:
            return None
        with self._lock:
            fault = next((f for f in self._faults if f.hits_now(line)), None)
            if fault is None:
                return None
            fault.hits += 1
            if fault.times_left is not None:
                fault.times_left -= 1
                if fault.times_left <= 0:
                    self._faults.remove(fault)
            return fault


def parse_fault(body: Mapping[str, Any]) -> Fault:
    """A fault from the admin door's JSON; ValueError says what is wrong with it."""
    if unknown := sorted(body.keys() - _KNOWN):
        raise ValueError(f'"{unknown[0]}" is no part of a fault.')
    pattern, status = body.get("match"), _status(body.get("status"))
    if not isinstance(pattern, str) or not pattern:
        raise ValueError('"match" is missing: a method and a regular expression for the path.')
    deeds: dict[str, Any] = {name: bool(body.get(name, False)) for name in _DEEDS}
    delay_ms = _count(body, "delay_ms", 0) or 0
    if status is None and not delay_ms and not any(deeds.values()):
        raise ValueError(f'Say what to do: "status", "delay_ms" or one of {", ".join(_DEEDS)}.')
    if (status is not None) + sum(deeds.values()) > 1:
        raise ValueError(f'A fault does one thing: "status" or one of {", ".join(_DEEDS)}.')
    if delay_ms > _DELAY_MS_MAX:
        raise ValueError(f'"delay_ms" is {delay_ms}: at most {_DELAY_MS_MAX}.')
    code, message = _WORDS.get(status or 0, ("Refused", "The sandbox was asked to refuse this."))
    seed, rate = _count(body, "seed", 0) or 0, _rate(body.get("rate"))
    return Fault(
        _compiled(pattern),
        pattern,
        status,
        str(body.get("code") or code),
        str(body.get("message") or message),
        random.Random(seed),  # noqa: S311 -- drawn again by whoever knows the seed
        # A rate without a count goes on until it is cleared.
        times_left=_count(body, "times", 1 if body.get("rate") is None else None),
        rate=rate,
        seed=seed,
        retry_after_ms=_count(body, "retry_after_ms", None),
        delay_ms=delay_ms,
        **deeds,
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    method, _, path = pattern.partition(" ")
    line = f"^{method} .*?(?:{path})" if path else pattern
    try:
        return re.compile(line, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f'"match" is not a regular expression: {error}.') from error


def _status(status: Any) -> int | None:
    if status is None:
        return None
    whole = isinstance(status, int) and not isinstance(status, bool)
    if not whole or not _STATUS_MIN <= status <= _STATUS_MAX:
        raise ValueError(f'"status" is {status!r}: a number from {_STATUS_MIN} to {_STATUS_MAX}.')
    return int(status)


def _rate(rate: Any) -> float:
    if rate is None:
        return 1.0
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= 1:
        raise ValueError(f'"rate" is {rate!r}: a share above 0 and up to 1.')
    return float(rate)


def _count(body: Mapping[str, Any], name: str, default: int | None) -> int | None:
    value = body.get(name, default)
    if value is None:
        return default if name == "times" else None
    if not isinstance(value, int) or isinstance(value, bool) or value < (name == "times"):
        raise ValueError(f'"{name}" is {value!r}: a whole number, not negative.')
    return value
