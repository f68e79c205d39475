"""The sandbox's own time: the wall clock mapped through a persisted origin and speed."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.store import Store

_KIND = "sandbox.clock"
_SPEED_MAX = 100_000.0
# Sums of moments and spans must stay inside Python's calendar, whatever is asked.
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Clock:
    """Runs forward only; survives a restart, and goes on while the sandbox is down."""

    def __init__(
        self,
        store: Store,
        start: datetime | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._wall = wall
        kept = store.get(_KIND, "clock")
        if kept:
            self._wall_origin_s = float(kept.body["wall_origin_s"])
            self._origin = parse_moment(kept.body["origin"])
            self._speed = float(kept.body["speed"])
        else:
            begin = start or datetime.fromtimestamp(wall(), UTC)
            if not _FIRST <= begin < _LAST:
                raise ValueError(f"A sandbox lives between {_FIRST:%Y} and {_LAST:%Y}.")
            self._anchor(begin, 1.0)

    @staticmethod
    def is_kept(store: Store) -> bool:
        """Whether this state has a clock already."""
        return store.get(_KIND, "clock") is not None

    @property
    def speed(self) -> float:
        """Sandbox seconds per wall second."""
        return self._speed

    def now(self) -> datetime:
        """The sandbox's moment, aware, UTC."""
        elapsed_s = max(0.0, self._wall() - self._wall_origin_s)
        left_s = (_LAST - self._origin).total_seconds()
        return self._origin + timedelta(seconds=min(elapsed_s * self._speed, left_s))

    def advance(self, span: timedelta) -> datetime:
        """Jumps forward and answers the new moment; ValueError for a jump back or too far."""
        if span < timedelta(0):
            raise ValueError("The sandbox's clock goes forward only.")
        if span >= _LAST - self.now():
            raise ValueError(f"The sandbox's calendar ends in {_LAST:%Y}.")
        self._anchor(self.now() + span, self._speed)
        return self.now()

    def set(self, moment: datetime) -> datetime:
        """Jumps to a moment; ValueError for one that lies behind or beyond the calendar."""
        now = self.now()
        if moment < now:
            raise ValueError(f"The clock goes forward only: {iso(moment)} is before {iso(now)}.")
        if moment >= _LAST:
            raise ValueError(f"The sandbox's calendar ends in {_LAST:%Y}.")
        self._anchor(moment, self._speed)
        return self.now()

    def still(self, moment: datetime) -> Clock:
        """Another clock, which stands at a moment and is kept nowhere."""
        clock = copy.copy(self)
        clock._origin, clock._speed = moment, 0.0  # noqa: SLF001 -- a copy of our own
        return clock

    def set_speed(self, speed: float) -> datetime:
        """Makes time run `speed` times as fast as the wall's; 0 stops it."""
        if not 0 <= speed <= _SPEED_MAX:
            raise ValueError(f"A speed lies between 0 and {_SPEED_MAX:.0f}.")
        self._anchor(self.now(), speed)
        return self.now()

    def _anchor(self, moment: datetime, speed: float) -> None:
        self._wall_origin_s, self._origin, self._speed = self._wall(), moment, speed
        body = {"wall_origin_s": self._wall_origin_s, "origin": iso(moment), "speed": speed}
        self._store.put(_KIND, "clock", body, created=moment)
