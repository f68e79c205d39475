"""Reads fine-tuning jobs of accounts, with the tokens that Azure bills for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ftops.azure.session import Session, refusals
from ftops.estate import Account
from ftops.history import Gap, Job, Span
from ftops_catalog.errors import CloudRefused, NotReady

if TYPE_CHECKING:
    from openai import OpenAI

BILLED = re.compile(r"Training tokens billed: ([0-9][0-9,]*)", re.IGNORECASE)
PAGE = 100


def read_jobs(
    session: Session, accounts: Iterable[Account], span: Span
) -> tuple[tuple[Job, ...], tuple[Gap, ...]]:
    """The jobs of every account, whenever they ended; an account that refuses is a gap."""
    jobs: list[Job] = []
    gaps: list[Gap] = []
    for account in accounts:
        try:
            jobs += _read_account(session, account, span)
        except (CloudRefused, NotReady) as error:
            reason = f"unknown: its jobs were not told: {error.message}"
            gaps.append(Gap(account.name, "", "", "training", reason))
    return tuple(jobs), tuple(gaps)


def _read_account(session: Session, account: Account, span: Span) -> list[Job]:
    if not account.endpoint:
        raise CloudRefused(f"ARM gives no endpoint for {account.name}")
    with (
        refusals(f"listing the fine-tuning jobs of {account.name}"),
        session.openai(account.endpoint) as client,
    ):
        bodies = [job.model_dump(mode="json") for job in client.fine_tuning.jobs.list(limit=PAGE)]
        return [_billed(client, parse_job(body, account), span) for body in bodies]


def parse_job(body: dict[str, Any], account: Account) -> Job:
    """A job from the data plane's JSON; `trained_tokens` stand until an event says better."""
    ended = body.get("finished_at")
    method = body.get("method")
    tokens = body.get("trained_tokens")
    return Job(
        id=str(body.get("id", "")),
        account=account,
        model=str(body.get("model", "")),
        training_type=str(body.get("trainingType") or body.get("training_type") or ""),
        method=str(method.get("type", "")) if isinstance(method, dict) else "",
        state=str(body.get("status", "")),
        ended_at=datetime.fromtimestamp(ended, UTC) if isinstance(ended, int) else None,
        tokens=tokens if type(tokens) is int else None,
    )


def _billed(client: OpenAI, job: Job, span: Span) -> Job:
    """The event "Training tokens billed" is Azure's own word; it is the last one of a job."""
    ended = job.ended_at
    if job.state != "succeeded" or ended is None or not span.since <= ended < span.until:
        return job
    for event in client.fine_tuning.jobs.list_events(job.id, limit=PAGE):
        told = BILLED.search(event.message)
        if told:
            return replace(job, tokens=int(told[1].replace(",", "")))
    return job
