"""History: which deployments existed when, and which jobs were trained; gone ones included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from ftops.estate import (
    Account,
    Deployment,
    Estate,
    account_of,
    parse_deployment,
    segment_after,
    value_at,
)
from ftops.instant import parse_instant
from ftops.ledger import Entry

DEVELOPER_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True)
class Span:
    """The time that is accounted for, from whole hour to the instant of asking."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Event:
    """Something that happened to a resource; `body` is ARM's JSON of it where it is told."""

    at: datetime
    operation: Literal["write", "delete"]
    resource_id: str
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.resource_id.casefold()


@dataclass(frozen=True)
class Lifetime:
    """One stretch of a deployment's existence; `until` None means that it still exists.

    `deployment` is as it was: its model and SKU are "" where nothing tells them any more.
    `changed` tells that it did not end but went on as something that is billed differently.
    """

    deployment: Deployment
    since: datetime
    until: datetime | None = None
    changed: bool = False


@dataclass(frozen=True)
class Job:
    """A fine-tuning job; `tokens` are those that Azure bills, None where it does not say."""

    id: str
    account: Account
    model: str
    training_type: str = ""
    method: str = ""
    state: str = ""
    ended_at: datetime | None = None
    tokens: int | None = None


@dataclass(frozen=True)
class Gap:
    """A cost that cannot be told: whose, of which kind, and why."""

    account: str
    deployment: str
    model: str
    charge_type: str
    reason: str


@dataclass(frozen=True)
class History:
    """All that cost money in a span, and what could not be told of it."""

    span: Span
    lifetimes: tuple[Lifetime, ...] = ()
    jobs: tuple[Job, ...] = ()
    gaps: tuple[Gap, ...] = ()


def fold_lifetimes(
    estate: Estate, events: Iterable[Event], span: Span
) -> tuple[tuple[Lifetime, ...], tuple[Gap, ...]]:
    """The lifetimes that touch the span: from events, corrected by what exists now.

    Events of a parent that was deleted end everything under it. A deployment that is gone
    without a trace is accounted for up to its last sign of life, and the rest is a gap.
    """
    accounts = {account.key: account for account in estate.accounts}
    existing = {deployment.key: deployment for deployment in estate.deployments}
    hidden = {unreadable.name.casefold() for unreadable in estate.unreadable}
    told: dict[str, list[Event]] = defaultdict(list)
    ordered = sorted(events, key=lambda event: (event.at, event.operation, event.key))
    removals: list[Event] = []
    for event in ordered:
        if "/deployments/" in event.key:
            told[event.key].append(event)
        elif event.operation == "delete":
            removals.append(event)
    lifetimes: list[Lifetime] = []
    gaps: list[Gap] = []
    for key in sorted({*told, *existing}):
        above = [event for event in removals if key.startswith(f"{event.key}/")]
        both = sorted([*told[key], *above], key=lambda event: (event.at, event.operation))
        lives = _lives(both, accounts, span)
        current = existing.get(key)
        if current is not None:
            lives = _with_current(lives, current, span)
        elif lives and lives[-1].until is None:
            lives[-1], gap = _without_trace(lives[-1], both, hidden)
            gaps += [gap] if gap else []
        lifetimes += [life for life in lives if _touches(life, span)]
    return tuple(lifetimes), tuple(gaps)


def ledger_events(entries: Iterable[Entry]) -> tuple[Event, ...]:
    """What the ledger knows happened to deployments."""
    kinds: Mapping[str, Literal["write", "delete"]] = {
        "deployed": "write",
        "restored": "write",
        "deleted": "delete",
    }
    return tuple(
        Event(entry.at, kinds[entry.kind], entry.subject, entry.body)
        for entry in entries
        if entry.kind in kinds
    )


def _lives(events: Iterable[Event], accounts: Mapping[str, Account], span: Span) -> list[Lifetime]:
    """Lifetimes from the events of one deployment, oldest first."""
    lives: list[Lifetime] = []
    for event in events:
        last = lives[-1] if lives else None
        alive = last is not None and last.until is None
        if event.operation == "write":
            _write(lives, event, _described(event, accounts), alive=alive)
        elif last is not None and alive:
            before = _described(event, accounts)
            filled = before if not last.deployment.model and before.model else last.deployment
            lives[-1] = replace(last, deployment=filled, until=max(last.since, event.at))
        elif last is None and "/deployments/" in event.key:
            # It was there before anything was told of it.
            described = _described(event, accounts)
            since = min(described.created_at or span.since, event.at)
            lives.append(Lifetime(described, since, event.at))
    return lives


def _write(lives: list[Lifetime], event: Event, described: Deployment, *, alive: bool) -> None:
    """A write makes a deployment, or changes one: what is billed differently is another life."""
    if not alive:
        lives.append(Lifetime(described, event.at))
        return
    last = lives[-1]
    if not last.deployment.model:
        lives[-1] = replace(last, deployment=described)
    elif described.model and _billed_as(described) != _billed_as(last.deployment):
        lives[-1] = replace(last, until=event.at, changed=True)
        lives.append(Lifetime(described, event.at))


def _with_current(lives: list[Lifetime], current: Deployment, span: Span) -> list[Lifetime]:
    """What exists now exists since its own creation, whatever the events made of it.

    Only a change of what is billed divides the time since then; a deletion told of it is not
    its own.
    """
    open_since = next((life.since for life in lives if life.until is None), span.since)
    created = current.created_at or open_since
    past: list[Lifetime] = []
    for life in lives:
        if life.until is None:
            continue
        until = life.until if life.changed else min(life.until, created)
        if until > life.since:
            past.append(replace(life, until=until))
    since = max([created, *(life.until for life in past if life.until)])
    return [*past, Lifetime(current, since)]


def _without_trace(
    life: Lifetime, events: list[Event], hidden: set[str]
) -> tuple[Lifetime, Gap | None]:
    """A deployment that nobody deleted and that is not there: Azure removes some by itself."""
    deployment = life.deployment
    if deployment.account.name.casefold() in hidden:
        reason = "its account cannot be read, so whether it exists is not known"
    elif deployment.sku.casefold() == "developertier":
        return replace(life, until=life.since + DEVELOPER_LIFETIME), None
    else:
        reason = "it is gone and nothing tells when; Azure removes what is idle for 15 days"
    gap = Gap(
        deployment.account.name, deployment.name, deployment.base_model or "", "hosting", reason
    )
    return replace(life, until=max(life.since, events[-1].at)), gap


def _described(event: Event, accounts: Mapping[str, Account]) -> Deployment:
    """The deployment as the event tells it; its account's region if the account still exists."""
    account = account_of(event.resource_id)
    account = accounts.get(account.key, account)
    name = segment_after(event.resource_id, "deployments")
    body = {**event.body, "id": event.resource_id, "name": name}
    found = parse_deployment(body, account)
    created = parse_instant(value_at(event.body, "systemData", "createdAt"))
    return replace(found, created_at=created)


def _billed_as(deployment: Deployment) -> tuple[str, str, int | None]:
    return (deployment.model.casefold(), deployment.sku.casefold(), deployment.capacity)


def _touches(life: Lifetime, span: Span) -> bool:
    return life.since < span.until and (life.until is None or life.until > span.since)
