"""Resource Manager's own limits: a bucket of requests per principal and kind, refilled steadily.

Off unless asked for, since a test that writes a thousand resources would wait for minutes. Sizes
and rates are those that Microsoft publishes; waiting is by the wall clock, as clients wait.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ftops_sandbox.errors import ArmError

# By the kind of request: how many a bucket holds, and how many come back each second.
_LIMITS = {"read": (250, 25), "write": (200, 10), "delete": (200, 10)}
_KINDS = {"GET": "read", "HEAD": "read", "DELETE": "delete"}


@dataclass
class Throttle:
    """All buckets; each call takes one request out of one of them."""

    clock: Callable[[], float] = time.monotonic
    _left: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, method: str, subscription: str, principal: str) -> int:
        """How many are left after this one; 429 with the seconds to wait where none was."""
        kind = _KINDS.get(method, "write")
        size, rate = _LIMITS[kind]
        with self._lock:
            now = self.clock()
            before, since = self._left.get((principal, kind), (float(size), now))
            left = min(float(size), before + (now - since) * rate)
            taken = left >= 1
            self._left[principal, kind] = (left - taken, now)
        if taken:
            return int(left - 1)
        seconds = math.ceil((1 - left) / rate)
        raise ArmError(
            429,
            "SubscriptionRequestsThrottled",
            f"Number of '{kind}' requests for subscription '{subscription}' actor '{principal}' "
            f"exceeded. Please try again after '{seconds}' seconds after additional tokens are "
            "available.",
            headers={"Retry-After": str(seconds)},
        )
