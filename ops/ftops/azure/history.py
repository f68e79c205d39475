"""Reads the history of a span: the Activity Log, fine-tuning jobs, tokens, and the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from ftops.azure.activity import oldest, read_events
from ftops.azure.estate import read_estate
from ftops.azure.metrics import read_metrics
from ftops.azure.session import Session
from ftops.azure.training import parse_job, read_jobs
from ftops.charge import job_gap
from ftops.estate import Estate, Scope, account_of
from ftops.history import Event, Gap, History, Job, Lifetime, Span, fold_lifetimes, ledger_events
from ftops.ledger import Entry
from ftops.token_use import TOKEN_METRICS, TokenUse, fold_tokens
from ftops.usage import Window
from ftops_catalog.errors import CloudRefused, NotReady


@dataclass(frozen=True)
class Past:
    """A history with the token use of the same span and the estate as it is now."""

    history: History
    tokens: tuple[TokenUse, ...]
    estate: Estate


def read_history(session: Session, scope: Scope, span: Span, entries: Iterable[Entry]) -> Past:
    """All that cost money in the span, what no longer exists included.

    `entries` are the ledger's. What cannot be read is a gap with its reason, never left out.
    """
    estate = read_estate(session, scope)
    own = [entry for entry in entries if scope.holds(account_of(_account_part(entry.subject)))]
    events, log_gaps = _read_log(session, scope, span)
    lifetimes, life_gaps = fold_lifetimes(estate, [*events, *ledger_events(own)], span)
    live, job_gaps = read_jobs(session, estate.accounts, span)
    jobs = merge_jobs(live, ledger_jobs(own, estate))
    unbilled = [gap for job in jobs if (gap := job_gap(job, span))]
    tokens, token_gaps = _read_tokens(session, estate, span)
    hidden = [
        Gap(each.name, "", "", "hosting", f"unknown: {each.reason}") for each in estate.unreadable
    ]
    gone = _gone_accounts(lifetimes, estate)
    gaps = (*log_gaps, *life_gaps, *job_gaps, *unbilled, *token_gaps, *hidden, *gone)
    return Past(History(span, lifetimes, jobs, gaps), tokens, estate)


def _gone_accounts(lifetimes: Iterable[Lifetime], estate: Estate) -> list[Gap]:
    """With an account its token counts and jobs are gone, but not what they cost."""
    existing = {account.key for account in estate.accounts}
    named = {life.deployment.account.key: life.deployment.account.name for life in lifetimes}
    reason = "unknown: the account is gone, and nothing tells this of it any more"
    return [
        Gap(name, "", "", charge_type, reason)
        for key, name in sorted(named.items())
        if key not in existing
        for charge_type in ("input", "output", "training")
    ]


def ledger_jobs(entries: Iterable[Entry], estate: Estate) -> tuple[Job, ...]:
    """Jobs as the ledger last saw them; a deleted job or account is known from here alone."""
    accounts = {account.key: account for account in estate.accounts}
    latest: dict[str, Job] = {}
    for entry in entries:
        if entry.kind in {"submitted", "trained"}:
            account = account_of(_account_part(entry.subject))
            job = parse_job(dict(entry.body), accounts.get(account.key, account))
            latest[job.id] = job
    return tuple(latest.values())


def merge_jobs(live: Iterable[Job], remembered: Iterable[Job]) -> tuple[Job, ...]:
    """Every job once; what the data plane says now stands over what was remembered."""
    jobs = {job.id: job for job in remembered} | {job.id: job for job in live}
    return tuple(jobs[key] for key in sorted(jobs))


def _read_log(session: Session, scope: Scope, span: Span) -> tuple[list[Event], tuple[Gap, ...]]:
    start = oldest(span.until)
    told = "unknown: the Activity Log reaches back 90 days"
    early = (Gap("", "", "", "hosting", told),) if span.since < start else ()
    try:
        events = read_events(session, span)
    except (CloudRefused, NotReady) as error:
        told = f"unknown: what is gone is not told: {error.message}"
        return [], (Gap("", "", "", "hosting", told), *early)
    return [event for event in events if _concerns(scope, event)], early


def _concerns(scope: Scope, event: Event) -> bool:
    """A deleted resource group concerns every account that was in it."""
    if "/accounts/" not in event.key:
        return True
    return scope.holds(account_of(event.resource_id))


def _read_tokens(
    session: Session, estate: Estate, span: Span
) -> tuple[tuple[TokenUse, ...], tuple[Gap, ...]]:
    window = Window(span.since, span.until, timedelta(hours=1))
    answer = read_metrics(session, estate.accounts, TOKEN_METRICS, window)
    return fold_tokens(estate.accounts, answer.readings, answer.failures)


def _account_part(subject: str) -> str:
    return subject.partition("/deployments/")[0].partition("/jobs/")[0]
