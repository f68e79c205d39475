"""Verdicts: one per deployment, with a reason; pure, total, and never a deletion by omission."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from ftops.answer import rfc3339
from ftops.estate import Deployment, Estate
from ftops.instant import hours_in, parse_instant, said
from ftops.usage import Usage

Word = Literal[
    "used",
    "idle",
    "expired",
    "young",
    "grace",
    "protected",
    "declared",
    "leaving",
    "transition",
    "unknown",
]

DELETED_BY = frozenset({"idle", "expired"})
"""The only two verdicts that a plan deletes for."""

PROTECT_TAGS = ("ftops-protect", "protected")
UNPROTECTED = frozenset({"false", "no", "0"})
PRODUCTION = frozenset({"prod", "production"})
CHANGING = frozenset({"accepted", "creating", "moving", "updating"})


@dataclass(frozen=True)
class Threshold:
    """What one environment allows.

    `idle_after`: without calls for this long is idle. `grace`: for this long after that, or
    after its time to live ended, a deployment is announced and kept.
    """

    idle_after: timedelta
    grace: timedelta = timedelta(0)


Thresholds = Callable[[str | None], Threshold]
"""The threshold of an environment by name; None asks for deployments that name none."""


@dataclass(frozen=True)
class Verdict:
    """What is held of one deployment.

    `idle_hours` is the time without calls that is proven, None where that is not known;
    `hosting_usd_per_hour` is its list price, None where that is not known.
    """

    deployment: Deployment
    verdict: Word
    reason: str
    idle_hours: Decimal | None = None
    hosting_usd_per_hour: Decimal | None = None

    @property
    def deletes(self) -> bool:
        return self.verdict in DELETED_BY


def judge(
    estate: Estate,
    usage: Mapping[str, Usage],
    thresholds: Thresholds,
    now: datetime,
    declared: frozenset[str] = frozenset(),
) -> tuple[Verdict, ...]:
    """One verdict for every deployment of the estate, sorted by account and name.

    `usage` is by deployment key; a deployment without one is unknown. `declared` are keys of
    deployments that an environment's stack file names.
    """
    verdicts = [
        judge_one(each, usage.get(each.key), thresholds(each.environment), now, declared)
        for each in estate.deployments
    ]
    return tuple(sorted(verdicts, key=lambda v: (v.deployment.account.key, v.deployment.key)))


def judge_one(
    deployment: Deployment,
    usage: Usage | None,
    threshold: Threshold,
    now: datetime,
    declared: frozenset[str],
) -> Verdict:
    """The first of these that holds: its state, who keeps it, what is known, its age, its use."""
    idle = _idle_for(deployment, usage, now)
    hours = hours_in(idle) if idle is not None else None
    word, reason = (
        _by_state(deployment)
        or _by_keeper(deployment, declared)
        or _by_seen_calls(usage, threshold, now)
        or _by_knowledge(deployment, usage, threshold, now)
        or _by_lifetime(deployment, threshold, now)
        or _by_age(deployment, threshold, now)
        or _by_use(idle, usage, threshold)
    )
    paused = " It is paused; whether that stops the hosting fee is not documented."
    if deployment.running.casefold() == "paused" and deployment.tuned:
        reason += paused
    return Verdict(deployment, word, reason, hours)


Found = tuple[Word, str]


def _by_state(deployment: Deployment) -> Found | None:
    state = deployment.state.casefold()
    if state in {"deleting", "deleted"}:
        return "leaving", "It is being deleted already."
    if state in CHANGING:
        return "transition", f"Azure is still at work on it ({deployment.state})."
    return None


def _by_keeper(deployment: Deployment, declared: frozenset[str]) -> Found | None:
    for name in PROTECT_TAGS:
        value = deployment.tag(name)
        if value is not None and value.casefold() not in UNPROTECTED:
            return "protected", f"Its tag {name} protects it."
    if not deployment.tuned:
        return "declared", _base_reason(deployment)
    if (deployment.environment or "").casefold() in PRODUCTION:
        return "protected", f"It belongs to {deployment.environment}, which is only reported."
    if (deployment.tag("managed-by") or "").casefold() == "pulumi":
        return "declared", "Pulumi manages it (tag managed-by); remove it from its stack file."
    if deployment.key in declared:
        return "declared", "A stack file names it; remove it there."
    return None


def _base_reason(deployment: Deployment) -> str:
    if "provisioned" in deployment.sku.casefold():
        return "It serves a base model on provisioned units; teardown is for tuned models."
    return "It serves a base model, which costs nothing while idle."


def _by_seen_calls(usage: Usage | None, threshold: Threshold, now: datetime) -> Found | None:
    """Calls that were seen are true even where the rest of the answer is missing."""
    if usage is None or usage.complete or usage.last_call_at is None:
        return None
    if now - usage.last_call_at >= threshold.idle_after:
        return None
    return "used", _use(usage, now - usage.last_call_at)


def _by_knowledge(
    deployment: Deployment, usage: Usage | None, threshold: Threshold, now: datetime
) -> Found | None:
    if deployment.state.casefold() != "succeeded":
        return "unknown", f"Its provisioning state is {deployment.state or 'not told'}."
    if deployment.created_at is None:
        return "unknown", "Azure does not say when it was created."
    expires = deployment.tag("expires-at")
    if expires is not None and parse_instant(expires) is None:
        return "unknown", f"Its tag expires-at is {expires!r}, which is no instant with a zone."
    if usage is None or not usage.complete:
        return "unknown", f"{usage.reason if usage else 'Its usage was not read'}."
    if usage.window.since > max(now - threshold.idle_after, deployment.created_at):
        return "unknown", "Its usage was read for less than the time that makes it idle."
    return None


def _by_lifetime(deployment: Deployment, threshold: Threshold, now: datetime) -> Found | None:
    expires = parse_instant(deployment.tag("expires-at"))
    if expires is None or expires > now:
        return None
    ended = f"Its time to live ended {said(now - expires)} ago, at {rfc3339(expires)}"
    if now - expires < threshold.grace:
        return "grace", f"{ended}; it is kept for another {said(expires + threshold.grace - now)}."
    return "expired", f"{ended}."


def _by_age(deployment: Deployment, threshold: Threshold, now: datetime) -> Found | None:
    assert deployment.created_at is not None, "an unknown age was caught before"
    age = now - deployment.created_at
    if age >= threshold.idle_after:
        return None
    return "young", f"It was deployed {said(age)} ago, less than {said(threshold.idle_after)}."


def _by_use(idle: timedelta | None, usage: Usage | None, threshold: Threshold) -> Found:
    assert usage is not None, "an unknown usage was caught before"
    assert idle is not None, "an unknown age was caught before"
    if idle < threshold.idle_after:
        return "used", _use(usage, idle)
    quiet = f"No call for {said(idle)}"
    if usage.last_call_at is None:
        quiet += " or more" if usage.window.until - usage.window.since <= idle else ", or ever"
    rest = threshold.idle_after + threshold.grace - idle
    if rest > timedelta(0):
        return "grace", f"{quiet}; it is kept for another {said(rest)}."
    return "idle", f"{quiet}; {said(threshold.idle_after)} is the limit."


def _use(usage: Usage, idle: timedelta) -> str:
    plural = "s" if usage.calls != 1 else ""
    span = usage.window.until - usage.window.since
    return f"Called within the last {said(idle)}: {usage.calls} call{plural} in {said(span)}."


def _idle_for(deployment: Deployment, usage: Usage | None, now: datetime) -> timedelta | None:
    """The proven time without calls; a deployment is not idle from before it existed."""
    if usage is None or not usage.complete or deployment.created_at is None:
        return None
    quiet_since = usage.last_call_at or usage.window.since
    return max(timedelta(0), now - max(quiet_since, deployment.created_at))
