"""What was used, read from the history: tokens of calls, time of deployments, trainings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from ftops_sandbox.cost.tariff import Key
from ftops_sandbox.offer import offer
from ftops_sandbox.store import Event

TRAINING = "training.billed"
# Every kind of event that a bill is made from.
KINDS = (
    "deployment.created",
    "deployment.updated",
    "deployment.deleted",
    "call",
    TRAINING,
)
_OK = 200
_DAY, _MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_SCOPES = {
    "standard": "regional",
    "globalstandard": "global",
    "datazonestandard": "zone",
    "developertier": "developer",
    "provisionedmanaged": "regional",
    "globalprovisionedmanaged": "global",
    "datazoneprovisionedmanaged": "zone",
}

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Use:
    """`count` is in tokens or in microseconds; `key` None for what a base model took.

    A base model's tokens are on no meter of the sandbox's price list: nobody has published them.
    """

    account: str
    deployment: str
    day: date
    key: Key | None
    count: int


def measure(events: Iterable[Event], since: datetime, until: datetime) -> Iterator[Use]:
    """What was used from `since` to before `until`; events in any order, from the beginning.

    A deployment hosts a tuned model from when it was written to when it was deleted, paused or
    not. A change of its SKU or model ends one stretch and begins another.
    """
    held: dict[str, tuple[Facts, datetime]] = {}
    for event in sorted(events, key=lambda event: (event.time, event.seq)):
        if event.kind == "call":
            facts = held[event.subject][0] if event.subject in held else {}
            if since <= event.time < until:
                yield from _tokens(event, facts)
        elif event.kind == TRAINING:
            if since <= event.time < until:
                yield from _training(event)
        else:
            if event.subject in held:
                facts, start = held.pop(event.subject)
                yield from _held(event.subject, facts, max(start, since), min(event.time, until))
            if event.kind != "deployment.deleted":
                held[event.subject] = (event.body, event.time)
    for subject, (facts, start) in held.items():
        yield from _held(subject, facts, max(start, since), until)


def account_of(subject: str) -> str:
    """The account's id in a deployment's."""
    return subject.rpartition("/deployments/")[0]


def training_key(base: str, training_type: str, what: str, region: str) -> Key:
    """What counts a training: `training` by the token, `training_time` by the hour."""
    return Key(_short(base), _SCOPES[training_type.casefold()], what, region)


def days(start: datetime, end: datetime) -> Iterator[tuple[date, datetime, datetime]]:
    """A stretch of time cut at midnight UTC."""
    while start < end:
        midnight = datetime.combine(start.date() + _DAY, time(), UTC)
        yield start.date(), start, min(midnight, end)
        start = midnight


def _held(subject: str, facts: Facts, start: datetime, end: datetime) -> Iterator[Use]:
    sku = str(facts["sku"]).casefold()
    scope, region = _SCOPES.get(sku), str(facts["region"])
    factor = 1
    if scope is None or sku == "developertier":
        return
    if "provisioned" in sku:
        key, factor = Key("", scope, "provisioned", region), int(facts["capacity"])
    elif facts["tuned"]:
        key = Key(_short(str(facts["base"])), scope, "hosting", region)
    else:
        return
    account = account_of(subject)
    for day, first, last in days(start, end):
        count = (last - first) // _MICROSECOND * factor
        yield Use(account, subject, day, key, count)


def _tokens(event: Event, facts: Facts) -> Iterator[Use]:
    body = event.body
    sku = str(facts.get("sku") or body.get("sku") or "").casefold()
    if body.get("status") != _OK or "provisioned" in sku:
        return
    scope = _SCOPES.get(sku)
    cached = int(body.get("cached_tokens", 0))
    counts = {
        "input": int(body.get("prompt_tokens", 0)) - cached,
        "cached": cached,
        "output": int(body.get("completion_tokens", 0)),
    }
    for what, count in counts.items():
        key = None
        if facts.get("tuned") and scope:
            key = Key(_short(str(facts["base"])), scope, what, str(facts["region"]))
        if count:
            yield Use(account_of(event.subject), event.subject, event.time.date(), key, count)


def _training(event: Event) -> Iterator[Use]:
    body = event.body
    what = "training_time" if body["by_time"] else "training"
    key = training_key(str(body["base"]), str(body["training_type"]), what, str(body["region"]))
    yield Use(str(body["account"]).casefold(), "", event.time.date(), key, int(body["count"]))


@cache
def _short(base: str) -> str:
    """A model's name without its date."""
    model = offer().find(base)
    return model.name if model else _DATED.sub("", base)
