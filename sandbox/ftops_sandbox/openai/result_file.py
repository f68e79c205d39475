"""Result files: the results.csv of each finished job, written from its loss curve."""

from __future__ import annotations

import csv
import io
from typing import Any

from ftops_sandbox.openai.job import Job, read_jobs
from ftops_sandbox.openai.schedule import Status
from ftops_sandbox.openai.trainer import scores, trainer_of
from ftops_sandbox.openai.wire import seconds
from ftops_sandbox.world import JOB, World

COLUMNS = (
    "step",
    "train_loss",
    "train_mean_token_accuracy",
    "valid_loss",
    "validation_mean_token_accuracy",
    "full_valid_loss",
    "full_valid_mean_token_accuracy",
)

REWARDS = (
    "step",
    "train_reward_mean",
    "valid_reward_mean",
    "train_reasoning_tokens_mean",
    "valid_reasoning_tokens_mean",
)


def _written(world: World, account_id: str) -> list[Job]:
    jobs = read_jobs(world, account_id, deleted=True)
    return [
        job
        for job in jobs
        if job.status is Status.SUCCEEDED and not job.body.get("result_file_deleted")
    ]


def show_all(world: World, account_id: str) -> list[dict[str, Any]]:
    return [show(world, job) for job in _written(world, account_id)]


def read(world: World, account_id: str, file_id: str) -> Job | None:
    """The job that wrote this file, or None."""
    jobs = _written(world, account_id)
    return next((job for job in jobs if job.result_file_id == file_id), None)


def show(world: World, job: Job) -> dict[str, Any]:
    assert job.times.finished is not None, "only a finished job has a result file"
    return {
        "object": "file",
        "id": job.result_file_id,
        "bytes": len(content(world, job)),
        "created_at": seconds(job.times.finished),
        "filename": "results.csv",
        "purpose": "fine-tune-results",
        "status": "processed",
    }


def content(world: World, job: Job) -> bytes:
    """The CSV; a cell is empty where nothing was measured at that step."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\n")
    table.writerow(REWARDS if job.by_time else COLUMNS)
    for row in trainer_of(world).curve(job).rows:
        if job.by_time:
            table.writerow([row["step"], *_rewards(scores(job, row))])
        else:
            parts = [row["train"], row["valid"], row["full_valid"]]
            table.writerow([row["step"], *(cell for part in parts for cell in _cells(part))])
    return written.getvalue().encode()


def _rewards(found: dict[str, float]) -> list[str]:
    """Rewards, and nothing for reasoning: the stand-in does none."""
    return [f"{found[name]:.5f}" if name in found else "" for name in REWARDS[1:]]


def _cells(score: dict[str, Any] | None) -> tuple[str, str]:
    return (f"{score['loss']:.5f}", f"{score['accuracy']:.5f}") if score else ("", "")


def delete(world: World, job: Job) -> None:
    body = {**job.body, "result_file_deleted": True}
    document = job.document
    world.store.put(JOB, document.key, body, created=document.created, parent=document.parent)
