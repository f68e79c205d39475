"""Fine-tuning jobs: what was asked for is stored, what has become of it follows from the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from ftops_sandbox.openai.hyperparameter import Values, unresolved
from ftops_sandbox.openai.plan import demand_of
from ftops_sandbox.openai.schedule import Status, Times, schedule, status_at
from ftops_sandbox.openai.trainable import limits
from ftops_sandbox.openai.wire import derived_id, seconds
from ftops_sandbox.standin.choice import Hyperparameters, steps_total
from ftops_sandbox.store import Document
from ftops_sandbox.world import JOB, World

REINFORCEMENT = "reinforcement"
# How finely training is billed by the hour.
HUNDREDTH = timedelta(hours=0.01)
# Steps between two looks at the validation file, where the method has no word in it.
_EVAL_INTERVAL = 10


@dataclass(frozen=True)
class Job:
    """A stored job with its place in time."""

    document: Document
    times: Times
    status: Status
    now: datetime

    @property
    def body(self) -> dict[str, Any]:
        return self.document.body

    @property
    def plan(self) -> dict[str, Any]:
        plan: dict[str, Any] = self.body["plan"]
        return plan

    @cached_property
    def chosen(self) -> Hyperparameters:
        """Resolved hyperparameters, as the trainer wants them."""
        resolved = self.plan["hyperparameters"]
        return Hyperparameters(
            n_epochs=int(resolved["n_epochs"]),
            batch_size=int(resolved["batch_size"]),
            learning_rate_multiplier=float(resolved["learning_rate_multiplier"]),
            seed=int(self.body["seed"]),
            eval_interval=int(resolved.get("eval_interval", _EVAL_INTERVAL)),
        )

    @property
    def by_time(self) -> bool:
        """Whether hours of training are billed, and not tokens."""
        return bool(self.body["method"] == REINFORCEMENT)

    @cached_property
    def steps(self) -> int:
        return steps_total(self.plan["examples"], self.chosen)

    @property
    def steps_an_epoch(self) -> int:
        return self.steps // self.chosen.n_epochs

    def moment_of_step(self, step: int) -> datetime:
        """When a step is done; only for a job that started."""
        return self.times.moment_of(self.times.whole * (step / self.steps))

    def steps_at(self, moment: datetime) -> int:
        """Steps done by a moment."""
        share = self.times.trained(moment) / self.times.whole
        return max(0, min(self.steps, int(share * self.steps + 1e-9)))

    def steps_done(self) -> int:
        """Steps done by now, or by the end if that was earlier."""
        return self.steps_at(self.now) if self.times.stretches else 0

    def pauses(self) -> list[datetime]:
        """When the job was paused until now."""
        ends = [stretch.until for stretch in self.times.stretches]
        return [end for end in ends if end <= self.now and end != self.times.finished]

    @property
    def is_owed(self) -> bool:
        """Nothing is owed before the end, for a failure, or for a cancel before training.

        A job cancelled while it trains, or while it is paused, owes what it trained.
        """
        cancelled = self.status is Status.CANCELLED and self.steps_done() > 0
        return self.status is Status.SUCCEEDED or cancelled

    @property
    def tokens_billed(self) -> int | None:
        """None while nothing is owed, and for what is billed by time."""
        if not self.is_owed or self.by_time:
            return None
        whole = self.plan["tokens"] * self.chosen.n_epochs
        return int(whole * self.steps_done() // self.steps)

    @property
    def trained(self) -> timedelta | None:
        """The time in the training loop that is owed, None while nothing is.

        Two decimals of an hour where it is billed: pauses and all that is not training are free.
        """
        if not self.is_owed:
            return None
        span = self.times.trained(self.now)
        return round(span / HUNDREDTH) * HUNDREDTH if self.by_time else span

    @property
    def model_name(self) -> str:
        """What the tuned model is, or will be, called."""
        name = f"{self.body['base']}.ft-{self.body['id'].removeprefix('ftjob-')}"
        return f"{name}-{self.body['suffix']}" if self.body.get("suffix") else name

    @property
    def result_file_id(self) -> str:
        return derived_id("file", self.body["id"], "results")


def read_jobs(world: World, account_id: str, *, deleted: bool = False) -> list[Job]:
    """Every job of an account, the newest first; `deleted` shows those too."""
    asked = [(document, demand_of(document)) for document in world.store.list(JOB, account_id)]
    most = {True: limits()["running_developer"], False: limits()["running_regular"]}
    times = schedule((demand for _, demand in asked), most)
    now = world.now()
    jobs = [
        Job(document, placed, status_at(demand, placed, now), now)
        for document, demand in asked
        if (placed := times[demand.identity]) and (deleted or not document.body.get("deleted"))
    ]
    return sorted(jobs, key=lambda job: (job.document.created, job.body["id"]), reverse=True)


def read_job(world: World, account_id: str, job_id: str) -> Job | None:
    jobs = read_jobs(world, account_id)
    return next((job for job in jobs if job.body["id"] == job_id), None)


def show(job: Job) -> dict[str, Any]:
    """The job as the service answers it."""
    body, plan = job.body, job.plan
    started = job.times.started is not None and job.now >= job.times.started
    hyperparameters = plan["hyperparameters"] if started else unresolved(body["chosen"])
    shown = {
        "object": "fine_tuning.job",
        "id": body["id"],
        "created_at": seconds(job.document.created),
        "model": body["model"],
        "status": job.status.value,
        "training_file": body["training_file"],
        "validation_file": body.get("validation_file"),
        "seed": body["seed"],
        "suffix": body.get("suffix"),
        "trainingType": body["trainingType"],
        "hyperparameters": hyperparameters,
        "method": _method(body, hyperparameters),
        "integrations": body.get("integrations"),
        **({"metadata": body["metadata"]} if body.get("metadata") is not None else {}),
        "organization_id": None,
        "fine_tuned_model": None,
        "finished_at": None,
        "trained_tokens": job.tokens_billed,
        "result_files": [],
        "error": None,
    }
    return {**shown, **_outcome(job)}


def _method(body: dict[str, Any], hyperparameters: Values) -> dict[str, Any]:
    method = body["method"]
    described = {"hyperparameters": hyperparameters, **body.get("reinforcement", {})}
    return {"type": method, method: described}


def _outcome(job: Job) -> dict[str, Any]:
    finished = seconds(job.times.finished) if job.times.finished else None
    match job.status:
        case Status.SUCCEEDED:
            return {
                "fine_tuned_model": job.model_name,
                "finished_at": finished,
                "result_files": [job.result_file_id],
            }
        case Status.FAILED:
            return {"finished_at": finished, "error": job.plan["failure"]}
        case Status.CANCELLED:
            return {"finished_at": finished}
        case _:
            return {"estimated_finish": finished} if finished else {}
