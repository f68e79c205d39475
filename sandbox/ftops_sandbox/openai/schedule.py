"""The schedule: when each job of a resource waits, runs and ends, from what was asked alone."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Between a job's start and its first step: data import, and waiting for a machine.
SETUP = timedelta(seconds=60)


@dataclass(frozen=True)
class Demand:
    """What a job asks for; `fails` when its data will be refused."""

    identity: str
    created: datetime
    queue: timedelta
    prepare: timedelta
    training: timedelta
    evaluate: timedelta
    developer: bool
    fails: bool
    cancelled: datetime | None


@dataclass(frozen=True)
class Times:
    """When a job's stages begin; what a cancelled or refused job never reaches is None."""

    created: datetime
    preparing: datetime
    prepared: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def training(self) -> datetime | None:
        return self.started + SETUP if self.started else None


class Status(StrEnum):
    """Azure's words."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


def schedule(demands: Iterable[Demand], running_max: Mapping[bool, int]) -> dict[str, Times]:
    """Times of every job; `running_max` is how many may run, for developer jobs and for others.

    A cancelled job frees its place at once. Cancelling changes nothing that has already happened.
    """
    ends: dict[bool, list[datetime]] = {True: [], False: []}
    times: dict[str, Times] = {}
    ready = sorted(demands, key=lambda job: (_prepared(job), job.identity))
    for job in ready:
        times[job.identity] = _place(job, ends[job.developer], running_max[job.developer])
    return times


def _prepared(job: Demand) -> datetime:
    return job.created + job.queue + job.prepare


def _place(job: Demand, ends: list[datetime], most: int) -> Times:
    preparing, prepared = job.created + job.queue, _prepared(job)
    if job.fails:
        finished = min(prepared, job.cancelled) if job.cancelled else prepared
        return Times(job.created, preparing, prepared, None, finished)
    started = max(prepared, ends[0]) if len(ends) >= most else prepared
    finished = started + SETUP + job.training + job.evaluate
    if job.cancelled and job.cancelled <= started:
        return Times(job.created, preparing, prepared, None, job.cancelled)
    if job.cancelled:
        finished = min(finished, job.cancelled)
    if len(ends) >= most:
        heapq.heappop(ends)
    heapq.heappush(ends, finished)
    return Times(job.created, preparing, prepared, started, finished)


def status_at(job: Demand, times: Times, now: datetime) -> Status:
    """What the service would say at `now`."""
    if times.finished is not None and now >= times.finished:
        if job.cancelled and times.finished == job.cancelled:
            return Status.CANCELLED
        return Status.FAILED if job.fails else Status.SUCCEEDED
    return Status.RUNNING if times.started and now >= times.started else Status.PENDING
