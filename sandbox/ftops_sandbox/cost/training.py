"""Trainings as the bill sees them: one event when a job ends, from the job itself."""

from __future__ import annotations

from datetime import timedelta

from ftops_sandbox.cost.use import TRAINING
from ftops_sandbox.openai.job import Job, read_jobs
from ftops_sandbox.store import Event
from ftops_sandbox.world import JOB, World


def read_trainings(world: World) -> list[Event]:
    """Every training that is owed, those of purged accounts too."""
    accounts = {document.parent for document in world.store.list(JOB)}
    alive = [event for account in sorted(accounts) for event in _of_account(world, account)]
    return [*world.history(TRAINING), *alive]


def keep_trainings(world: World, account_id: str) -> None:
    """Writes the trainings of an account into the history, because its jobs are about to go."""
    for event in _of_account(world, account_id):
        world.record(TRAINING, event.subject, event.body, event.time)


def _of_account(world: World, account_id: str) -> list[Event]:
    account_id = account_id.casefold()
    region = _region(world, account_id)
    jobs = read_jobs(world, account_id, deleted=True)
    return [event for job in jobs if (event := _event(job, account_id, region))]


def _event(job: Job, account_id: str, region: str) -> Event | None:
    finished, trained = job.times.finished, job.trained
    if finished is None or trained is None:
        return None
    count = trained // timedelta(microseconds=1) if job.by_time else job.tokens_billed
    body = {
        "account": account_id,
        "region": region,
        "base": job.body["base"],
        "training_type": job.body["trainingType"],
        "by_time": job.by_time,
        "count": count,
    }
    return Event(0, finished, TRAINING, job.document.key.casefold(), body)


def _region(world: World, account_id: str) -> str:
    """Where an account is or was: it never moves."""
    account = world.account(account_id)
    if account is not None:
        return str(account.body["location"])
    made = [e for e in world.history("account.created", account_id) if e.subject == account_id]
    return str(made[-1].body["location"]) if made else ""
