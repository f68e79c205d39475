"""Checkpoints: what a job leaves at the end of an epoch, and at each pause."""

from __future__ import annotations

from typing import Any

from ftops_sandbox.openai.job import Job, read_jobs
from ftops_sandbox.openai.schedule import Status
from ftops_sandbox.openai.trainer import Trainer, scores
from ftops_sandbox.openai.wire import derived_id, seconds
from ftops_sandbox.world import World

CHECKPOINTS_KEPT = 3


def checkpoints(job: Job) -> list[int]:
    """Steps of the checkpoints that exist by now, the newest first, three at most."""
    reached = job.steps_done()
    if not reached:
        return []
    each = job.steps_an_epoch
    steps = {*range(each, reached + 1, each), *_paused_at(job)}
    if job.status is not Status.SUCCEEDED:
        steps.discard(job.steps)  # the last one is the model, made at the end
    return sorted(steps, reverse=True)[:CHECKPOINTS_KEPT]


def _paused_at(job: Job) -> set[int]:
    """Every step at which the job was paused, by its owner or by the limit on its cost."""
    return {job.steps_at(moment) for moment in job.pauses()} - {0}


def checkpoint_id(job: Job, step: int) -> str:
    epoch, more = divmod(step, job.steps_an_epoch)
    return derived_id("ftchkpt", job.body["id"], *(("step", step) if more else (epoch,)))


def checkpoint_model(job: Job, step: int) -> str:
    return f"{job.model_name}:ckpt-step-{step}"


def find_model(world: World, account_id: str, name: str) -> tuple[Job, int] | None:
    """The job and the step behind a tuned model or a checkpoint that exists now, or None."""
    wanted = name.casefold()
    if ".ft-" not in wanted and not wanted.startswith("ftchkpt-"):
        return None
    for job in read_jobs(world, account_id, deleted=True):
        # A model's name has its job in it, a checkpoint's id has not.
        other = ".ft-" in wanted and job.body["id"].removeprefix("ftjob-") not in wanted
        if other or job.body.get("model_deleted"):
            continue
        if job.status is Status.SUCCEEDED and wanted == job.model_name.casefold():
            return job, job.steps
        for step in checkpoints(job):
            if wanted in (checkpoint_id(job, step), checkpoint_model(job, step).casefold()):
                return job, step
    return None


def tuned_model(world: World, account_id: str, name: str) -> str | None:
    """The base model of a tuned model or checkpoint that exists in this account now, or None."""
    found = find_model(world, account_id, name)
    return str(found[0].body["base"]) if found else None


def show_checkpoints(job: Job, trainer: Trainer) -> list[dict[str, Any]]:
    """As the service answers them, the newest first."""
    return [_show(job, trainer, step) for step in checkpoints(job)]


def _show(job: Job, trainer: Trainer, step: int) -> dict[str, Any]:
    return {
        "object": "fine_tuning.job.checkpoint",
        "id": checkpoint_id(job, step),
        "created_at": seconds(job.moment_of_step(step)),
        "fine_tuned_model_checkpoint": checkpoint_model(job, step),
        "fine_tuning_job_id": job.body["id"],
        "step_number": step,
        "metrics": {"step": step, **scores(job, trainer.curve(job).at(step))},
    }
