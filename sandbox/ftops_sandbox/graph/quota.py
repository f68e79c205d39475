"""Fifteen queries in five seconds for each user, and what the headers say of them."""

from __future__ import annotations

import math
from datetime import timedelta

from ftops_sandbox.graph.refusal import refusal
from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.world import World

_KIND = "graph.quota"
_WINDOW = timedelta(seconds=5)
_QUERIES = 15


def spend(world: World, user: str) -> dict[str, str]:
    """Takes one query of a user's window and answers its headers; 429 when there is none left."""
    now = world.now()
    with world.store.transaction():
        kept = world.store.get(_KIND, user)
        began, used = now, 0
        if kept and now < parse_moment(kept.body["began"]) + _WINDOW:
            began, used = parse_moment(kept.body["began"]), int(kept.body["used"])
        world.store.put(_KIND, user, {"began": iso(began), "used": used + 1}, created=began)
    left_s = math.ceil((began + _WINDOW - now).total_seconds())
    headers = {
        "x-ms-user-quota-remaining": str(max(0, _QUERIES - used - 1)),
        "x-ms-user-quota-resets-after": f"00:00:{left_s:02d}",
    }
    if used >= _QUERIES:
        message = (
            "Client application has been throttled and should not attempt to repeat the request "
            "until an amount of time has elapsed. Please see "
            "https://aka.ms/resourcegraph-throttling for help."
        )
        details = [{"code": "RateLimiting", "message": message}]
        raise refusal(now, "RateLimiting", details, 429, headers)
    return headers
