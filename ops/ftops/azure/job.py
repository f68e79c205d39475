"""Fine-tuning jobs over the data plane: created, listed, followed to their end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from ftops.azure.session import refusals
from ftops.job import LATEST, Event, Job, Recipe, choose_job, parse_event, parse_job, share_done

if TYPE_CHECKING:
    from openai import OpenAI

PAGE = 100


@dataclass(frozen=True)
class Moment:
    """A job at one instant of Azure's clock, with the events that are new since the last one."""

    job: Job
    now: datetime
    events: tuple[Event, ...]
    step: Event | None = None

    @property
    def share(self) -> float | None:
        """How much of the job is done, 0 to 1; None where nobody estimates."""
        return share_done(self.job, self.now)

    @property
    def said(self) -> str:
        """The job in a few words: its state, and its last step if it is training."""
        if self.step is None or self.job.ended:
            return self.job.status
        return f"{self.job.status}, step {self.step.step}, loss {self.step.loss}"


def create_job(client: OpenAI, recipe: Recipe, training: str, validation: str) -> Job:
    """Starts the job on uploaded files; `trainingType` is Azure's own and travels as an extra."""
    body = recipe.request(training, validation)
    extra = {"trainingType": body.pop("trainingType")}
    with refusals(f"starting a job on {recipe.model}"):
        return _job(client.fine_tuning.jobs.create(**body, extra_body=extra))


def read_jobs(client: OpenAI) -> list[Job]:
    """Every job of the account, the newest first."""
    with refusals("listing the fine-tuning jobs"):
        jobs = [_job(job) for job in client.fine_tuning.jobs.list(limit=PAGE)]
    return sorted(jobs, key=_newest, reverse=True)


def find_job(client: OpenAI, name: str) -> Job:
    """The job of an id or `latest`; BadUsage where there is none."""
    jobs = read_jobs(client)
    return choose_job(jobs, LATEST if name.casefold() == LATEST else name)


def read_events(client: OpenAI, job_id: str) -> list[Event]:
    """Every event of a job, the oldest first, to its last page."""
    with refusals(f"listing the events of {job_id}"):
        events = [
            parse_event(event.to_dict())
            for event in client.fine_tuning.jobs.list_events(job_id, limit=PAGE)
        ]
    return events[::-1]


def follow_job(client: OpenAI, job_id: str, pause_seconds: float) -> Iterator[Moment]:
    """The job again and again until it has ended; each event comes in one moment only."""
    seen: set[str] = set()
    step: Event | None = None
    while True:
        job, now = read_job(client, job_id)
        new = [event for event in read_events(client, job_id) if event.id not in seen]
        seen.update(event.id for event in new)
        step = next((event for event in reversed(new) if event.step is not None), step)
        yield Moment(job, now, tuple(new), step)
        if job.ended:
            return
        time.sleep(pause_seconds)


def read_job(client: OpenAI, job_id: str) -> tuple[Job, datetime]:
    """The job, and the instant that the answer itself carries."""
    with refusals(f"reading the job {job_id}"):
        answer = client.fine_tuning.jobs.with_raw_response.retrieve(job_id)
    now = parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    return _job(answer.parse()), now


def _job(model: Any) -> Job:
    body: Mapping[str, Any] = model.to_dict(mode="json")
    return parse_job(body)


def _newest(job: Job) -> tuple[datetime, str]:
    return job.created_at or datetime.fromtimestamp(0, UTC), job.id
