"""Traffic on order: the calls that a deployment has had, written into the one history."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ftops_sandbox.arm.lifetime import TIMER, put_off
from ftops_sandbox.errors import BadOrder
from ftops_sandbox.moment import parse_moment, parse_start
from ftops_sandbox.openai.call import record_call
from ftops_sandbox.openai.serving import Serving, find_serving
from ftops_sandbox.store import Document
from ftops_sandbox.world import DEPLOYMENT, World

CALLS_MAX = 500_000
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|min|m|h|d)")
_UNITS = {"s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_CHAT, _EMBED = "ChatCompletions_Create", "Embeddings_Create"
_OPENING, _CLOSING, _WEEKEND = 9, 17, 5
_BURST = timedelta(minutes=5)
_CACHED_MIN = 1024


@dataclass(frozen=True)
class Traffic:
    """So many calls a second on average from `since` to now, spread by a profile."""

    per_second: float
    since: datetime
    profile: str = "constant"
    seed: int = 0


Weight = Callable[[datetime], float]


def _constant(_moment: datetime) -> float:
    return 1.0


def _office_hours(moment: datetime) -> float:
    """Nine to five on weekdays (UTC) and a trickle at night."""
    if moment.weekday() >= _WEEKEND:
        return 0.02
    return 1.0 if _OPENING <= moment.hour < _CLOSING else 0.05


def _burst(moment: datetime) -> float:
    """Five minutes at the top of each hour, and nothing in between."""
    return 1.0 if timedelta(minutes=moment.minute) < _BURST else 0.0


PROFILES: Mapping[str, Weight] = {
    "constant": _constant,
    "office-hours": _office_hours,
    "burst": _burst,
}


def parse_traffic(body: Mapping[str, Any], now: datetime) -> Traffic:
    """`{"rate": "10/h", "since": "3d", "profile", "seed"}`; BadOrder says what is wrong."""
    if unknown := sorted(body.keys() - {"rate", "since", "profile", "seed", "deployment"}):
        raise BadOrder(f'"{unknown[0]}" is no part of traffic.')
    rate, since = str(body.get("rate", "")), str(body.get("since", "1d"))
    match = _RATE.fullmatch(rate.strip())
    if match is None or not float(match[1]):
        raise BadOrder(f'"rate" is {rate!r}: a number of calls in a time, such as 10/h or 2/min.')
    profile, seed = body.get("profile") or "constant", body.get("seed") or 0
    if profile not in PROFILES:
        raise BadOrder(f'"profile" is {profile!r}: one of {", ".join(PROFILES)}.')
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise BadOrder(f'"seed" is {seed!r}: a whole number.')
    return Traffic(float(match[1]) / _UNITS[match[2]], parse_past(since, now), profile, seed)


def parse_past(text: str, now: datetime) -> datetime:
    """`3d` or `-3d` before now, or an ISO time that has been; BadOrder for anything else."""
    try:
        moment = parse_start(f"-{text}" if text[:1].isdigit() and "-" not in text else text, now)
    except (ValueError, OverflowError):
        raise BadOrder(f"{text!r} is neither a span such as 3d nor a moment.") from None
    if moment > now:
        raise BadOrder(f"{text!r} is still to come.")
    return moment


def find_deployment(world: World, name: str) -> Document:
    """A deployment by its ARM id, as ACCOUNT/NAME, or by its name where one alone has it."""
    if not name:
        raise BadOrder('"deployment" is missing: a name, ACCOUNT/NAME or an id.')
    if name.startswith("/"):
        found = [one] if (one := world.store.get(DEPLOYMENT, name)) else []
    else:
        end = "/" + "/deployments/".join(name.casefold().split("/"))
        end = end if "/" in name else f"/deployments{end}"
        found = [one for one in world.store.list(DEPLOYMENT) if one.key.casefold().endswith(end)]
    if len(found) != 1:
        told = f"{len(found)} deployments are called {name}: say ACCOUNT/NAME or its id."
        raise BadOrder(told if found else f"There is no deployment {name}.")
    return found[0]


def write_traffic(world: World, deployment: Document, traffic: Traffic) -> int:
    """Appends the calls that the deployment could have had, and answers how many they are.

    None before it was created, and none after it would have been deleted for want of calls before.
    Each seed writes the same calls; the rate holds whether or not it is above what the capacity
    allows.
    """
    account = world.account(deployment.parent)
    assert account is not None, "a deployment lives in an account"
    serving = find_serving(world, account, deployment.key.rpartition("/")[2])
    now, begin = world.now(), max(traffic.since, deployment.created)
    expected = traffic.per_second * (now - begin).total_seconds()
    if expected > CALLS_MAX:
        raise BadOrder(f"That is {expected:.0f} calls: at most {CALLS_MAX} at once.")
    chance = random.Random(f"{traffic.seed} {deployment.key.casefold()}")  # noqa: S311 -- drawn again by whoever knows the seed
    written, due = 0, _due(world, deployment)
    with world.store.transaction():
        for moment in _moments(traffic, begin, now, chance):
            if due and moment >= due:
                break
            due = put_off(deployment, due, moment) if due else None
            _write(world.at(moment), serving, chance)
            written += 1
    return written


def _due(world: World, deployment: Document) -> datetime | None:
    """When it falls due as far as its timer knows: calls that are there already may put it off."""
    timer = world.store.get(TIMER, deployment.key)
    return parse_moment(timer.body["due"]) if timer else None


def _moments(
    traffic: Traffic, begin: datetime, end: datetime, chance: random.Random
) -> Iterator[datetime]:
    """A Poisson process at the profile's peak, thinned to the profile's shape."""
    weight = PROFILES[traffic.profile]
    peak = traffic.per_second / _mean(weight)
    moment = begin
    while True:
        moment += timedelta(seconds=-math.log(1.0 - chance.random()) / peak)
        if moment >= end:
            return
        if chance.random() < weight(moment):
            yield moment


def _mean(weight: Weight) -> float:
    """Of a week, minute by minute, so that a rate means the same in every profile."""
    monday = datetime(2026, 1, 5)  # noqa: DTZ001 -- any week will do
    minutes = range(7 * 24 * 60)
    return sum(weight(monday + timedelta(minutes=n)) for n in minutes) / len(minutes)


def _write(world: World, serving: Serving, chance: random.Random) -> None:
    prompt = min(16_000, max(8, int(chance.lognormvariate(6.0, 0.8))))
    if serving.is_embedding:
        record_call(world, serving, 200, _EMBED, {"prompt": prompt}, stream=False)
        return
    cached = _CACHED_MIN if prompt > _CACHED_MIN and chance.random() < 0.3 else 0  # noqa: PLR2004 -- a share
    completion = min(4_096, max(1, int(chance.lognormvariate(4.8, 0.7))))
    usage = {"prompt": prompt, "cached": cached, "completion": completion}
    record_call(world, serving, 200, _CHAT, usage, stream=chance.random() < 0.25)  # noqa: PLR2004 -- a share
