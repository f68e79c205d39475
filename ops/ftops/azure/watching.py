"""Follows a job of an account and settles what it came to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from ftops.azure.account import find_account, open_data_plane
from ftops.azure.job import Moment, find_job, follow_job, read_events
from ftops.azure.readiness import PAUSE_SECONDS
from ftops.azure.session import Session
from ftops.estate import Account
from ftops.estimate import training_usd
from ftops.job import Job, billed_tokens, final_loss
from ftops.ledger import Entry, Ledger
from ftops.price import PriceBook, Priced
from ftops_catalog.catalog import read_catalog

if TYPE_CHECKING:
    from openai import OpenAI


@dataclass(frozen=True)
class Opened:
    """A job that was found, and the data plane that it lives on."""

    session: Session
    account: Account
    client: OpenAI
    job: Job

    def follow(self) -> Iterator[Moment]:
        pause = PAUSE_SECONDS[self.session.target.kind]
        return follow_job(self.client, self.job.id, pause)


@dataclass(frozen=True)
class Watched:
    """A job that has ended; what it cost is None where tokens or price are not known."""

    job: Job
    account: Account
    now: datetime
    final_loss: float | None
    billed_tokens: int | None
    training_usd: Decimal | None


def open_job(session: Session, account: str | None, name: str) -> Opened:
    """Finds a job by id or as the `latest` one; BadUsage where there is none."""
    found = find_account(session, account)
    client = open_data_plane(session, found)
    return Opened(session, found, client, find_job(client, name))


def settle(opened: Opened, last: Moment, ledger: Path) -> Watched:
    """Reads the bill off the job and its events, and writes the end into the ledger once."""
    events = read_events(opened.client, last.job.id)
    job, region = last.job, opened.account.region
    tokens = billed_tokens(job, events)
    rate = PriceBook(read_catalog()).quote(
        Priced(job.model, "training", training_type=job.training_type, region=region)
    )
    cost = None if tokens is None else training_usd(tokens, rate)
    journal(Ledger(ledger, opened.session.target.subscription_id), opened.account, last)
    return Watched(job, opened.account, last.now, final_loss(events), tokens, cost)


def journal(ledger: Ledger, account: Account, last: Moment) -> None:
    entry = Entry("trained", last.now, f"{account.id}/jobs/{last.job.id}", last.job.body)
    known = ledger.read().latest().get(entry.key)
    if last.job.ended and (known is None or known.kind != "trained"):
        ledger.append(entry)
