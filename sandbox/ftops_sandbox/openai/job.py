"""Fine-tuning jobs: what was asked for is stored, what has become of it follows from the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ftops_sandbox.openai.hyperparameter import unresolved
from ftops_sandbox.openai.plan import demand_of
from ftops_sandbox.openai.schedule import Status, Times, schedule, status_at
from ftops_sandbox.openai.trainable import limits
from ftops_sandbox.openai.wire import derived_id, seconds
from ftops_sandbox.standin.training import Hyperparameters, steps_total
from ftops_sandbox.store import Document
from ftops_sandbox.world import JOB, World

CHECKPOINTS_KEPT = 3


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

    @property
    def chosen(self) -> Hyperparameters:
        """Resolved hyperparameters, as the trainer wants them."""
        resolved = self.plan["hyperparameters"]
        return Hyperparameters(
            n_epochs=int(resolved["n_epochs"]),
            batch_size=int(resolved["batch_size"]),
            learning_rate_multiplier=float(resolved["learning_rate_multiplier"]),
            seed=int(self.body["seed"]),
        )

    @property
    def steps(self) -> int:
        return steps_total(self.plan["examples"], self.chosen)

    def moment_of_step(self, step: int) -> datetime:
        """When a step is done; only for a job that started."""
        assert self.times.training is not None, "a job that never started has no steps"
        span = demand_of(self.document).training
        return self.times.training + span * (step / self.steps)

    def steps_done(self) -> int:
        """Steps done by now, or by the end if that was earlier."""
        if self.times.training is None:
            return 0
        until = min(self.now, self.times.finished or self.now)
        share = (until - self.times.training) / demand_of(self.document).training
        return max(0, min(self.steps, int(share * self.steps + 1e-9)))

    @property
    def tokens_billed(self) -> int | None:
        """None while nothing is owed: before the end, for a failure, for a cancel before training.

        A job cancelled while it trains owes the steps that it took.
        """
        if self.status is Status.SUCCEEDED:
            return int(self.plan["tokens"] * self.chosen.n_epochs)
        if self.status is Status.CANCELLED and self.steps_done():
            whole = self.plan["tokens"] * self.chosen.n_epochs
            return int(whole * self.steps_done() // self.steps)
        return None

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
    documents = world.store.list(JOB, account_id)
    most = {True: limits()["running_developer"], False: limits()["running_regular"]}
    times = schedule((demand_of(job) for job in documents), most)
    now = world.now()
    jobs = [
        Job(document, placed, status_at(demand_of(document), placed, now), now)
        for document in documents
        if (placed := times[document.body["id"]]) and (deleted or not document.body.get("deleted"))
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
        "method": _method(body["method"], hyperparameters),
        "integrations": body.get("integrations"),
        "organization_id": None,
        "fine_tuned_model": None,
        "finished_at": None,
        "trained_tokens": job.tokens_billed,
        "result_files": [],
        "error": None,
    }
    return {**shown, **_outcome(job)}


def _method(method: str, hyperparameters: dict[str, float]) -> dict[str, Any]:
    return {"type": method, method: {"hyperparameters": hyperparameters}}


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
            return {"estimated_finish": finished}


def checkpoints(job: Job) -> list[tuple[int, int]]:
    """Epoch and step of the checkpoints that exist by now, the newest first, three at most."""
    steps_an_epoch = job.steps // job.chosen.n_epochs
    done = job.steps_done() // steps_an_epoch
    if job.status is not Status.SUCCEEDED:
        done = min(done, job.chosen.n_epochs - 1)  # the last one is the model, made at the end
    first = max(1, done - CHECKPOINTS_KEPT + 1)
    return [(epoch, epoch * steps_an_epoch) for epoch in range(done, first - 1, -1)]


def checkpoint_id(job: Job, epoch: int) -> str:
    return derived_id("ftchkpt", job.body["id"], epoch)


def checkpoint_model(job: Job, step: int) -> str:
    return f"{job.model_name}:ckpt-step-{step}"


def find_model(world: World, account_id: str, name: str) -> tuple[Job, int] | None:
    """The job and the epoch behind a tuned model or a checkpoint that exists now, or None."""
    wanted = name.casefold()
    if ".ft-" not in wanted and not wanted.startswith("ftchkpt-"):
        return None
    for job in read_jobs(world, account_id, deleted=True):
        if job.body.get("model_deleted"):
            continue
        if job.status is Status.SUCCEEDED and wanted == job.model_name.casefold():
            return job, job.chosen.n_epochs
        for epoch, step in checkpoints(job) if job.times.started else ():
            if wanted in (checkpoint_id(job, epoch), checkpoint_model(job, step).casefold()):
                return job, epoch
    return None


def tuned_model(world: World, account_id: str, name: str) -> str | None:
    """The base model of a tuned model or checkpoint that exists in this account now, or None."""
    found = find_model(world, account_id, name)
    return str(found[0].body["base"]) if found else None
