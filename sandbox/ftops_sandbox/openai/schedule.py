"""The schedule: when each job of a resource waits, runs, rests and ends, from what was asked."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# Between a job's place and its first step: data import, and waiting for a machine.
SETUP = timedelta(seconds=60)
# Between a resumed job's place and its next step: its checkpoint is loaded.
RELOAD = timedelta(seconds=60)
_NONE = timedelta(0)


@dataclass(frozen=True)
class Demand:
    """What a job asks for; `fails` when its data will be refused.

    `pauses` and `resumes` are the moments at which either was asked for, `cap` is the training
    after which the service pauses the job by itself, once.
    """

    identity: str
    created: datetime
    queue: timedelta
    prepare: timedelta
    training: timedelta
    evaluate: timedelta
    developer: bool
    fails: bool
    cancelled: datetime | None
    pauses: tuple[datetime, ...] = ()
    resumes: tuple[datetime, ...] = ()
    cap: timedelta | None = None


@dataclass(frozen=True)
class Stretch:
    """One stay in a place: training goes on from `training`, `before` of it had been done."""

    began: datetime
    until: datetime
    training: datetime
    before: timedelta
    capped: bool = False


@dataclass(frozen=True)
class Times:
    """When a job's stages begin; what a cancelled or refused job never reaches is None.

    `finished` is None for a job that is paused, or waits behind jobs that are.
    """

    created: datetime
    preparing: datetime
    prepared: datetime
    started: datetime | None
    finished: datetime | None
    stretches: tuple[Stretch, ...] = ()
    whole: timedelta = _NONE

    @property
    def training(self) -> datetime | None:
        return self.stretches[0].training if self.stretches else None

    def trained(self, now: datetime) -> timedelta:
        """How much of the training is done at a moment: time in the training loop alone."""
        done = _NONE
        for stretch in self.stretches:
            span = max(_NONE, min(now, stretch.until) - stretch.training)
            done = max(done, stretch.before + span) if now >= stretch.began else done
        return min(done, self.whole)

    def moment_of(self, trained: timedelta) -> datetime:
        """When so much of the training is done; the last stretch's course, if it never was."""
        assert self.stretches, "a job that never started trains nothing"
        for stretch in self.stretches:
            moment = stretch.training + max(_NONE, trained - stretch.before)
            if moment <= stretch.until:
                return moment
        return moment


class Status(StrEnum):
    """Azure's words."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    RESUMING = "resuming"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


@dataclass
class _Course:
    """A job on its way through the schedule."""

    job: Demand
    stretches: list[Stretch] = field(default_factory=list)
    finished: datetime | None = None

    @property
    def done(self) -> timedelta:
        """What is trained when the last stretch ends."""
        if not self.stretches:
            return _NONE
        last = self.stretches[-1]
        span = max(_NONE, last.until - last.training)
        return min(self.job.training, last.before + span)


def schedule(demands: Iterable[Demand], running_max: Mapping[bool, int]) -> dict[str, Times]:
    """Times of every job; `running_max` is how many may run, for developer jobs and for others.

    Places go to jobs in the order in which they came to want one: prepared, or resumed. A job
    that is cancelled or paused frees its place at once. An order changes nothing that has
    already happened.
    """
    ends: dict[bool, list[datetime]] = {True: [], False: []}
    courses = {job.identity: _Course(job) for job in demands}
    wishes = [(moment, name) for name, course in courses.items() for moment in _wishes(course.job)]
    for moment, name in sorted(wishes):
        developer = courses[name].job.developer
        _place(courses[name], moment, ends[developer], running_max[developer])
    return {name: _times(course) for name, course in courses.items()}


def _wishes(job: Demand) -> tuple[datetime, ...]:
    return () if job.fails else (_prepared(job), *job.resumes)


def _prepared(job: Demand) -> datetime:
    return job.created + job.queue + job.prepare


def _place(course: _Course, wish: datetime, ends: list[datetime], most: int) -> None:
    """One more stretch, from the first free place after `wish`."""
    job = course.job
    began = max(wish, ends[0]) if len(ends) >= most else wish
    if course.finished or (job.cancelled and job.cancelled <= began):
        return
    stretch = _stretch(course, began)
    course.stretches.append(stretch)
    if len(ends) >= most:
        heapq.heappop(ends)
    heapq.heappush(ends, stretch.until)


def _stretch(course: _Course, began: datetime) -> Stretch:
    """How long a job stays in a place that it takes: to its end, or to whatever stops it."""
    job, before = course.job, course.done
    training = began + (RELOAD if course.stretches else SETUP)
    end = training + (job.training - before) + job.evaluate
    stops = [end, *(moment for moment in job.pauses if moment > began)]
    cap = None
    if job.cap is not None and before < job.cap < job.training:
        cap = training + (job.cap - before)
    until = min(moment for moment in (*stops, cap, job.cancelled) if moment)
    if until in (end, job.cancelled):
        course.finished = until
    return Stretch(began, until, training, before, capped=until == cap)


def _times(course: _Course) -> Times:
    job, preparing, prepared = course.job, course.job.created + course.job.queue, None
    prepared = _prepared(job)
    finished = course.finished or job.cancelled
    if job.fails:
        finished = min(prepared, job.cancelled) if job.cancelled else prepared
    started = course.stretches[0].began if course.stretches else None
    stretches = tuple(course.stretches)
    return Times(job.created, preparing, prepared, started, finished, stretches, job.training)


def status_at(job: Demand, times: Times, now: datetime) -> Status:
    """What the service would say at `now`."""
    if times.finished is not None and now >= times.finished:
        if job.cancelled and times.finished == job.cancelled:
            return Status.CANCELLED
        return Status.FAILED if job.fails else Status.SUCCEEDED
    begun = [stretch for stretch in times.stretches if stretch.began <= now]
    if not begun:
        return Status.PENDING
    last = begun[-1]
    if now >= last.until:
        asked = any(last.until <= moment <= now for moment in job.resumes)
        return Status.RESUMING if asked else Status.PAUSED
    return Status.RESUMING if len(begun) > 1 and now < last.training else Status.RUNNING
