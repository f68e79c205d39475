"""Pause and resume: a job rests, keeps what it has trained, and is billed for nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest
from openai.types.fine_tuning import FineTuningJob

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

ROWS = [
    {
        "messages": [
            {"role": "user", "content": f"Name river {number}."},
            {"role": "assistant", "content": f"River {number} is the Rio {number}, of course."},
        ]
    }
    for number in range(40)
]
EPOCHS: Any = {"n_epochs": 4, "batch_size": 1}


@pytest.fixture(scope="module")
def data(plane: Plane) -> str:
    """The id of a processed training file with forty examples."""
    return plane.upload(ROWS)


def _running(plane: Plane, data: str, **more: Any) -> FineTuningJob:
    """A job in the middle of its training, four minutes into some nine."""
    job = plane.start(data, hyperparameters=EPOCHS, seed=3, **more)
    plane.sandbox.advance(minutes=8)
    running = plane.v1.fine_tuning.jobs.retrieve(job.id)
    assert running.status == "running"
    return running


def _end(plane: Plane, job_id: str) -> FineTuningJob:
    for _ in range(20):
        job = plane.v1.fine_tuning.jobs.retrieve(job_id)
        if job.status in ("succeeded", "failed", "cancelled"):
            return job
        plane.sandbox.advance(minutes=10)
    raise AssertionError(f"{job_id} does not end")


def _told(plane: Plane, job_id: str) -> list[str]:
    """What the events say, oldest first."""
    events = plane.azure.fine_tuning.jobs.list_events(job_id, limit=100)
    return [event.message for event in events][::-1]


@pytest.mark.proves(
    "POST openai/fine_tuning/jobs/{id}/pause",
    "POST openai/fine_tuning/jobs/{id}/resume",
    client="openai",
    differs="a pause takes effect at once; words of refusals and of its events are made up",
)
@pytest.mark.parametrize("style", ["azure", "v1"])
def test_a_paused_job_rests_and_a_resumed_one_goes_on(style: str, plane: Plane, data: str) -> None:
    client: openai.OpenAI = getattr(plane, style)
    job = _running(plane, data)
    paused = client.fine_tuning.jobs.pause(job.id)
    assert str(paused.status) == "paused"
    assert paused.estimated_finish is None
    plane.sandbox.advance(days=3)
    rested = client.fine_tuning.jobs.retrieve(job.id)
    assert str(rested.status) == "paused"
    assert rested.trained_tokens is None

    assert str(client.fine_tuning.jobs.resume(job.id).status) == "resuming"
    plane.sandbox.advance(minutes=2)
    assert client.fine_tuning.jobs.retrieve(job.id).status == "running"
    done = _end(plane, job.id)
    assert done.status == "succeeded"
    whole = _end(plane, plane.start(data, hyperparameters=EPOCHS, seed=3).id)
    assert done.trained_tokens == whole.trained_tokens, "a rest costs nothing"
    curves = {client.files.content(one.result_files[0]).text for one in (done, whole)}
    assert len(curves) == 1, "it goes on from where it stopped"


def test_the_dated_path_of_httpx_pauses_and_resumes(plane: Plane, data: str) -> None:
    job = _running(plane, data)
    where = f"{plane.endpoint}/openai/fine_tuning/jobs/{job.id}"
    version, key = {"api-version": "2025-04-01-preview"}, {"api-key": plane.key}
    with httpx.Client(params=version, headers=key, trust_env=False) as client:
        answers = [client.post(f"{where}/{order}") for order in ("pause", "resume")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["status"] for answer in answers] == ["paused", "resuming"]
    plane.v1.fine_tuning.jobs.cancel(job.id)


def test_the_events_tell_of_the_pause_in_their_order(plane: Plane, data: str) -> None:
    job = _running(plane, data)
    plane.v1.fine_tuning.jobs.pause(job.id)
    before = _told(plane, job.id)
    assert before[-1].startswith("Job paused at step ")
    plane.sandbox.advance(hours=1)
    plane.v1.fine_tuning.jobs.resume(job.id)
    plane.sandbox.advance(minutes=3)

    after = _told(plane, job.id)
    assert after[: len(before)] == before, "nothing that was told changes"
    assert after[len(before) : len(before) + 2] == ["Job resuming.", "Job resumed."]
    steps = [int(line.split()[1].rstrip(":")) for line in after if line.startswith("Step ")]
    assert steps == sorted(set(steps))
    plane.v1.fine_tuning.jobs.cancel(job.id)


def test_a_pause_leaves_a_checkpoint_that_can_be_deployed(plane: Plane, data: str) -> None:
    job = _running(plane, data)
    paused_at = plane.sandbox.now()
    plane.v1.fine_tuning.jobs.pause(job.id)
    kept = list(plane.azure.fine_tuning.jobs.checkpoints.list(job.id))

    step = kept[0].step_number
    told = next(line for line in _told(plane, job.id) if line.startswith("Job paused"))
    assert told == f"Job paused at step {step}."
    assert 0 < step < 160
    made = datetime.fromtimestamp(kept[0].created_at, UTC)
    assert abs(made - paused_at) < timedelta(seconds=10)
    assert [point.step_number for point in kept[1:]] == [
        whole for whole in (120, 80, 40) if whole < step
    ][:2]
    assert plane.ask(plane.deploy("halfway", kept[0].id), "Name river 7.")
    assert plane.ask(plane.deploy("epoch", kept[1].id), "Name river 7.")


@pytest.mark.parametrize("order", ["pause", "resume"])
def test_only_what_runs_is_paused_and_only_what_rests_is_resumed(
    order: str, plane: Plane, data: str
) -> None:
    queued = plane.start(data)
    jobs = plane.v1.fine_tuning.jobs
    act = {"pause": jobs.pause, "resume": jobs.resume}[order]
    with pytest.raises(openai.BadRequestError, match=f"only a .* can be {order}d") as refused:
        act(queued.id)
    assert refused.value.code == "unexpectedEntityState"
    jobs.cancel(queued.id)
    with pytest.raises(openai.BadRequestError, match="is 'cancelled'"):
        act(queued.id)
    with pytest.raises(openai.NotFoundError):
        act("ftjob-none")


def test_a_job_without_a_step_behind_it_cannot_be_paused(plane: Plane, data: str) -> None:
    job = plane.start(data, hyperparameters={"n_epochs": 1, "batch_size": 40})
    plane.sandbox.advance(minutes=5)

    assert plane.v1.fine_tuning.jobs.retrieve(job.id).status == "running"
    with pytest.raises(openai.BadRequestError, match="not trained a step"):
        plane.v1.fine_tuning.jobs.pause(job.id)
    plane.v1.fine_tuning.jobs.cancel(job.id)


def test_a_job_cancelled_while_it_rests_owes_what_it_trained(plane: Plane, data: str) -> None:
    job = _running(plane, data)
    plane.v1.fine_tuning.jobs.pause(job.id)
    step = plane.v1.fine_tuning.jobs.checkpoints.list(job.id).data[0].step_number
    plane.sandbox.advance(days=1)
    cancelled = plane.v1.fine_tuning.jobs.cancel(job.id)
    whole = _end(plane, plane.start(data, hyperparameters=EPOCHS).id).trained_tokens or 0

    assert cancelled.status == "cancelled"
    assert cancelled.trained_tokens == whole * step // 160
    with pytest.raises(openai.BadRequestError, match="'cancelled'"):
        plane.v1.fine_tuning.jobs.resume(job.id)


def test_of_many_pauses_at_once_one_is_taken(plane: Plane, data: str) -> None:
    job = _running(plane, data)

    def pause(_number: int) -> bool:
        try:
            return bool(plane.v1.fine_tuning.jobs.pause(job.id))
        except openai.BadRequestError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(pause, range(16))) == 1
    assert sum(line.startswith("Job paused") for line in _told(plane, job.id)) == 1
    plane.v1.fine_tuning.jobs.cancel(job.id)
    assert _told(plane, job.id)[-2] == "Job cancelled."


def test_a_job_cancelled_while_it_loads_was_never_resumed(plane: Plane, data: str) -> None:
    job = _running(plane, data)
    plane.v1.fine_tuning.jobs.pause(job.id)
    plane.v1.fine_tuning.jobs.resume(job.id)
    plane.v1.fine_tuning.jobs.cancel(job.id)
    plane.sandbox.advance(hours=1)

    told = _told(plane, job.id)
    assert "Job resumed." not in told
    assert told[-3:-1] == ["Job resuming.", "Job cancelled."]


def test_a_resting_job_gives_its_place_away_and_waits_for_one_again(
    plane: Plane, data: str
) -> None:
    jobs = plane.v1.fine_tuning.jobs
    running = [plane.start(data, hyperparameters=EPOCHS).id for _ in range(4)]
    plane.sandbox.advance(minutes=6)
    states = {job: str(jobs.retrieve(job).status) for job in running}
    assert sorted(states.values()) == ["pending", "running", "running", "running"]
    waiting = next(job for job, state in states.items() if state == "pending")
    first = next(job for job, state in states.items() if state == "running")

    jobs.pause(first)
    assert jobs.retrieve(waiting).status == "running", "the place is free"
    assert str(jobs.resume(first).status) == "resuming"
    plane.sandbox.advance(minutes=2)
    assert str(jobs.retrieve(first).status) == "resuming", "three others run"
    with pytest.raises(openai.ConflictError):
        plane.azure.delete(f"/fine_tuning/jobs/{first}", cast_to=object)
    assert [_end(plane, job).status for job in running] == ["succeeded"] * 4
