"""Events of a job: what the service says while it works, computed from the job's times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ftops_sandbox.openai.job import Job
from ftops_sandbox.openai.plan import demand_of
from ftops_sandbox.openai.schedule import Status
from ftops_sandbox.openai.trainer import Trainer, scores
from ftops_sandbox.openai.wire import derived_id, seconds

_STEP_EVERY = 10
# A long job says no more than this many steps.
_STEPS_MAX = 200
_HOUR = timedelta(hours=1)

Said = tuple[datetime, str, str, dict[str, Any] | None]


def show_events(job: Job, trainer: Trainer) -> list[dict[str, Any]]:
    """All events up to now, the newest first."""
    said = [event for event in _story(job, trainer) if event[0] <= job.now]
    shown = [_show(job, place, event) for place, event in enumerate(said)]
    return shown[::-1]


def _show(job: Job, place: int, event: Said) -> dict[str, Any]:
    moment, level, message, data = event
    shown = {
        "object": "fine_tuning.job.event",
        "id": derived_id("ftevent", job.body["id"], place, message),
        "created_at": seconds(moment),
        "level": level,
        "message": message,
        "type": "metrics" if data else "message",
    }
    return {**shown, "data": data} if data else shown


def _story(job: Job, trainer: Trainer) -> Iterator[Said]:
    """In the order of their moments; what a job never reached is not told."""
    finished = job.times.finished
    told = [event for event in _stages(job) if finished is None or event[0] < finished]
    told += _interruptions(job)
    if job.steps_done():
        told += _steps(job, trainer)
    yield from sorted(told, key=lambda event: event[0])
    if finished is not None and job.now >= finished:
        yield from _ending(job, finished)


def _stages(job: Job) -> Iterator[Said]:
    times = job.times

    def told(moment: datetime, message: str) -> Said:
        return moment, "info", message, None

    yield told(times.created, "Job enqueued. Waiting for jobs ahead to complete.")
    yield told(times.preparing, "Preprocessing running for file training file.")
    if job.plan["failure"]:
        return
    yield told(times.prepared, "Preprocessing completed for file training file.")
    if job.body.get("validation_file"):
        yield told(times.prepared, "Preprocessing completed for file validation file.")
    if times.started is None or times.training is None:
        return
    yield told(times.started, "Job started.")
    yield told(times.started + timedelta(seconds=15), "Data Import started.")
    yield told(times.started + timedelta(seconds=25), "Finetuning started.")
    yield told(times.started + timedelta(seconds=30), "Job queued, waiting for GPUs.")
    yield told(times.training, "Training started.")
    yield told(times.training, f"Created results file: {job.result_file_id}")


def _interruptions(job: Job) -> Iterator[Said]:
    """Pauses, and what follows them."""
    stretches = job.times.stretches
    for place, stretch in enumerate(stretches):
        if place and stretch.training < stretch.until:
            yield stretch.training, "info", "Job resumed.", None
        if stretch.until == job.times.finished or stretch.until > job.now:
            continue
        why = " The limit on the cost of a job is reached." if stretch.capped else ""
        level = "warn" if stretch.capped else "info"
        step = job.steps_at(stretch.until)
        yield stretch.until, level, f"Job paused at step {step}.{why}", None
    for moment in demand_of(job.document).resumes:
        yield moment, "info", "Job resuming.", None


def _steps(job: Job, trainer: Trainer) -> Iterator[Said]:
    curve = trainer.curve(job)
    every = max(_STEP_EVERY, -(-job.steps // _STEPS_MAX // _STEP_EVERY) * _STEP_EVERY)
    for step in range(every, job.steps_done() + 1, every):
        row = curve.at(step)
        found = scores(job, row)
        moment = job.moment_of_step(step)
        if job.by_time:
            reward = found["train_reward_mean"]
            told = f"Step {step}/{job.steps}, train mean reward={reward:.2f}"
            yield moment, "info", told, {"step": step, "total_steps": job.steps, "scores": found}
        else:
            names = ("train_loss", "train_mean_token_accuracy")
            data = {"step": step, **{name: found[name] for name in names}}
            told = f"Step {step}: training loss={found['train_loss']:.4f}"
            yield moment, "info", told, data


def _ending(job: Job, finished: datetime) -> Iterator[Said]:
    billed = job.tokens_billed
    if job.status is Status.FAILED:
        yield finished, "error", f"Job failed. {job.plan['failure']['message']}", None
    if job.status is Status.CANCELLED:
        yield finished, "info", "Job cancelled.", None
    if job.status is Status.SUCCEEDED:
        yield finished, "info", "Job succeeded.", None
        yield finished, "info", "Model Evaluation Passed.", None
        yield finished, "info", f"Completed results file: {job.result_file_id}", None
    if billed is not None:
        yield finished, "info", f"Training tokens billed: {billed}", None
    if job.by_time and job.trained is not None:
        yield finished, "info", f"Training hours billed: {job.trained / _HOUR:.2f}", None
