"""Fine-tuning jobs: their life on the clock, their events, their limits, their refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob
    from tests.sandbox.conftest import Plane

BROKEN = Path(__file__).parents[2].parent / "shared/datasets/broken-from-issues"


def _row(number: int = 0) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "user", "content": f"Question {number}?"},
            {"role": "assistant", "content": f"Answer {number}."},
        ]
    }


ROWS = [_row(number) for number in range(12)]


@pytest.fixture(scope="module")
def data(plane: Plane) -> str:
    """The id of a processed training file with twelve examples."""
    return plane.upload(ROWS)


@pytest.fixture(scope="module")
def done(plane: Plane, data: str) -> FineTuningJob:
    """A job that succeeded."""
    job = plane.start(data, validation_file=data, suffix="my-suffix_1")
    return plane.finish(job.id)


@pytest.mark.proves(
    "POST openai/fine_tuning/jobs",
    "GET openai/fine_tuning/jobs/{id}",
    client="openai",
    differs="times of queueing and training are made up",
)
def test_a_job_goes_from_pending_over_running_to_succeeded(plane: Plane, data: str) -> None:
    job = plane.start(data, extra_body={"trainingType": "globalstandard"})
    assert str(job.status) == "pending"
    assert (job.hyperparameters.n_epochs, job.hyperparameters.batch_size) == (-1, -1)
    assert job.estimated_finish
    assert job.model_extra
    assert job.model_extra["trainingType"] == "globalStandard"

    plane.sandbox.advance(minutes=5)
    running = plane.azure.fine_tuning.jobs.retrieve(job.id)
    assert running.status == "running"
    assert running.fine_tuned_model is None
    assert isinstance(running.hyperparameters.n_epochs, int)
    assert running.hyperparameters.n_epochs > 0

    ended = plane.finish(job.id)
    assert ended.status == "succeeded"
    assert ended.finished_at == job.estimated_finish


def test_the_tuned_model_is_named_for_its_base_job_and_suffix(done: FineTuningJob) -> None:
    tail = done.id.removeprefix("ftjob-")

    assert re.fullmatch(r"[0-9a-f]{32}", tail)
    assert done.fine_tuned_model == f"gpt-4.1-mini-2025-04-14.ft-{tail}-my-suffix_1"


@pytest.mark.proves("GET openai/fine_tuning/jobs/{id}/events", client="openai")
def test_the_events_tell_the_whole_story_newest_first(plane: Plane, done: FineTuningJob) -> None:
    events = list(plane.v1.fine_tuning.jobs.list_events(done.id, limit=3))
    told = [event.message for event in reversed(events)]

    assert len({event.id for event in events}) == len(events)
    assert [event.created_at for event in events] == sorted(
        (event.created_at for event in events), reverse=True
    )
    assert told[:4] == [
        "Job enqueued. Waiting for jobs ahead to complete.",
        "Preprocessing running for file training file.",
        "Preprocessing completed for file training file.",
        "Preprocessing completed for file validation file.",
    ]
    assert any(re.fullmatch(r"Step 10: training loss=\d+\.\d+", line) for line in told)
    assert told[-4:] == [
        "Job succeeded.",
        "Model Evaluation Passed.",
        f"Completed results file: {done.result_files[0]}",
        f"Training tokens billed: {done.trained_tokens}",
    ]


def test_what_is_billed_is_tokens_times_epochs(plane: Plane, data: str) -> None:
    billed = []
    for epochs in (1, 3):
        chosen: Any = {"n_epochs": epochs}
        job = plane.finish(plane.start(data, hyperparameters=chosen).id)
        billed.append(job.trained_tokens or 0)

    assert billed[0] > 0
    assert billed[1] == 3 * billed[0]


@pytest.mark.proves("GET openai/fine_tuning/jobs/{id}/checkpoints", client="openai")
def test_the_last_three_epochs_are_kept_as_checkpoints(plane: Plane, done: FineTuningJob) -> None:
    epochs = int(done.hyperparameters.n_epochs or 0)
    kept = list(plane.azure.fine_tuning.jobs.checkpoints.list(done.id))

    assert [point.step_number for point in kept] == [
        12 * epochs,
        12 * epochs - 12,
        12 * epochs - 24,
    ]
    assert all(re.fullmatch(r"ftchkpt-[0-9a-f]{32}", point.id) for point in kept)
    assert (kept[0].metrics.train_loss or 9) < (kept[2].metrics.train_loss or 0) * 2
    assert kept[0].metrics.full_valid_loss


def test_an_earlier_checkpoint_can_be_deployed(plane: Plane, done: FineTuningJob) -> None:
    kept = list(plane.azure.fine_tuning.jobs.checkpoints.list(done.id))

    assert plane.ask(plane.deploy("checkpoint", kept[-1].id), "Question 3?")


def test_metadata_comes_back_as_it_was_sent(plane: Plane, data: str) -> None:
    job = plane.start(data, metadata={"team": "ml", "ticket": "7"})

    assert plane.azure.fine_tuning.jobs.retrieve(job.id).metadata == {"team": "ml", "ticket": "7"}
    assert plane.v1.fine_tuning.jobs.cancel(job.id).metadata == {"team": "ml", "ticket": "7"}


@pytest.mark.parametrize(("examples", "epochs"), [(10, 10), (33, 3), (34, 3), (25, 4)])
def test_epochs_left_to_the_service_follow_from_the_examples(
    examples: int, epochs: int, plane: Plane
) -> None:
    job = plane.start(plane.upload([_row(number) for number in range(examples)]))
    plane.sandbox.advance(minutes=5)

    assert plane.v1.fine_tuning.jobs.retrieve(job.id).hyperparameters.n_epochs == epochs
    plane.v1.fine_tuning.jobs.cancel(job.id)


@pytest.mark.parametrize("method", ["top", "supervised"])
def test_hyperparameters_are_taken_from_either_place(method: str, plane: Plane, data: str) -> None:
    chosen: Any = {"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 0.5}
    nested: Any = {"type": "supervised", "supervised": {"hyperparameters": chosen}}
    more = {"hyperparameters": chosen} if method == "top" else {"method": nested}
    job = plane.finish(plane.start(data, **more).id)

    shown = job.hyperparameters
    assert (shown.n_epochs, shown.batch_size, shown.learning_rate_multiplier) == (2, 4, 0.5)


def test_a_job_on_bad_data_fails_and_names_the_lines(plane: Plane) -> None:
    lines = [json.dumps(row) for row in ROWS]
    lines[4] = '{"messages": [{"role": "user", "content": "no answer"}]}'
    lines[7] = '{"messages": ['
    job = plane.finish(plane.start(plane.upload("\n".join(lines).encode())).id)

    assert job.status == "failed"
    assert job.error
    assert job.error.code == "jsonlValidationFailed"
    assert "Line 5: There is no assistant message" in job.error.message
    assert "Line 8: The line is not valid JSON." in job.error.message
    assert job.error.param == "training_file"
    assert job.trained_tokens is None
    newest = plane.v1.fine_tuning.jobs.list_events(job.id, limit=1).data[0]
    assert (newest.level, "Line 5" in newest.message) == ("error", True)


def test_fewer_than_ten_examples_are_not_enough(plane: Plane) -> None:
    job = plane.finish(plane.start(plane.upload(ROWS[:9])).id)

    assert job.status == "failed"
    assert job.error
    assert "9 example(s), but must have at least 10" in job.error.message


@pytest.mark.skipif(not BROKEN.is_dir(), reason="the shared datasets are not beside this checkout")
@pytest.mark.parametrize(
    "name", ["unescaped-quotes.jsonl", "unquoted-value.jsonl", "empty-prompt.jsonl"]
)
def test_broken_files_of_real_users_never_train(name: str, plane: Plane) -> None:
    job = plane.finish(plane.start(plane.upload(BROKEN / name)).id)

    assert job.status == "failed"
    assert job.error
    assert "Line" in job.error.message


def test_a_byte_order_mark_is_taken(plane: Plane) -> None:
    data = b"\xef\xbb\xbf" + "\n".join(json.dumps(row) for row in ROWS).encode()

    assert plane.finish(plane.start(plane.upload(data)).id).status == "succeeded"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"model": "gpt-9"}, "'gpt-9' does not support fine-tuning"),
        ({"model": "o4-mini"}, "does not support fine-tuning"),
        ({"suffix": "no.dots"}, "suffix"),
        ({"suffix": "x" * 41}, "suffix"),
        ({"hyperparameters": {"n_epochs": 0}}, "n_epochs"),
        ({"hyperparameters": {"speed": 3}}, "speed"),
        ({"method": {"type": "reinforcement"}}, "reinforcement"),
        ({"extra_body": {"trainingType": "Turbo"}}, "Turbo"),
        ({"seed": -1}, "seed"),
        ({"metadata": {"a": "x" * 513}}, "metadata"),
        ({"extra_body": {"metadata": ["a"]}}, "metadata"),
        ({"validation_file": "file-none"}, "file-none"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_at_once(
    more: dict[str, Any], words: str, plane: Plane, data: str
) -> None:
    before = len(list(plane.v1.fine_tuning.jobs.list()))
    with pytest.raises(openai.BadRequestError, match=words) as refused:
        plane.start(data, **more)

    assert refused.value.code == "invalidPayload"
    assert len(list(plane.v1.fine_tuning.jobs.list())) == before, "nothing is half-created"


def test_a_file_still_in_processing_cannot_be_trained_on(plane: Plane) -> None:
    file = plane.azure.files.create(file=("a.jsonl", b"{}"), purpose="fine-tune")
    with pytest.raises(openai.BadRequestError, match="not processed") as refused:
        plane.start(file.id)

    assert refused.value.code == "unexpectedEntityState"


def test_a_region_without_standard_training_refuses_it(plane: Plane) -> None:
    path = plane.account.rpartition("/")[0] + "/far"
    body = {
        "location": "brazilsouth",
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "properties": {"customSubDomainName": "far"},
    }
    assert plane.arm.put(path, json=body).is_success
    plane.sandbox.advance(minutes=1)
    key = plane.arm.post(f"{path}/listKeys").json()["key1"]
    where = f"{plane.sandbox.http}/_acct/far/openai/v1"
    with openai.OpenAI(base_url=where, api_key=key, max_retries=0) as far:
        data = "\n".join(json.dumps(row) for row in ROWS).encode()
        file = far.files.create(file=("a.jsonl", data), purpose="fine-tune")
        plane.sandbox.advance(seconds=3)
        with pytest.raises(openai.BadRequestError, match="Standard TrainingType in region 'brazil"):
            far.fine_tuning.jobs.create(model="gpt-4.1-mini", training_file=file.id)
        job = far.fine_tuning.jobs.create(
            model="gpt-4.1-mini",
            training_file=file.id,
            extra_body={"trainingType": "GlobalStandard"},
        )
        assert str(job.status) == "pending"
        with pytest.raises(openai.NotFoundError):
            plane.v1.fine_tuning.jobs.retrieve(job.id)


@pytest.mark.proves("POST openai/fine_tuning/jobs/{id}/cancel", client="openai")
def test_a_cancelled_job_costs_nothing_before_training_and_its_steps_after(
    plane: Plane, data: str
) -> None:
    early = plane.start(data)
    assert plane.azure.fine_tuning.jobs.cancel(early.id).status == "cancelled"
    late = plane.start(data)
    plane.sandbox.advance(minutes=9)
    assert plane.v1.fine_tuning.jobs.cancel(late.id).status == "cancelled"
    whole = plane.finish(plane.start(data).id).trained_tokens or 0

    assert plane.v1.fine_tuning.jobs.retrieve(early.id).trained_tokens is None
    billed = plane.v1.fine_tuning.jobs.retrieve(late.id).trained_tokens
    assert billed is not None
    assert 0 < billed < whole
    with pytest.raises(openai.BadRequestError, match="terminal"):
        plane.v1.fine_tuning.jobs.cancel(late.id)


def test_three_jobs_run_and_the_fourth_waits_for_a_place(plane: Plane, data: str) -> None:
    jobs = [plane.start(data).id for _ in range(4)]
    plane.sandbox.advance(minutes=6)

    def states() -> list[str]:
        return [plane.v1.fine_tuning.jobs.retrieve(job).status for job in jobs]

    assert sorted(states()) == ["pending", "running", "running", "running"]
    waiting = jobs[states().index("pending")]
    plane.v1.fine_tuning.jobs.cancel(jobs[states().index("running")])
    assert plane.v1.fine_tuning.jobs.retrieve(waiting).status == "running", "the place is free"
    for job in jobs:
        plane.finish(job)


@pytest.mark.proves("DELETE openai/fine_tuning/jobs/{id}", client="openai")
def test_a_job_that_has_ended_can_be_deleted_and_its_model_stays(plane: Plane, data: str) -> None:
    job = plane.start(data)
    with pytest.raises(openai.ConflictError):
        plane.azure.delete(f"/fine_tuning/jobs/{job.id}", cast_to=object)
    done = plane.finish(job.id)
    plane.azure.delete(f"/fine_tuning/jobs/{job.id}", cast_to=object)

    with pytest.raises(openai.NotFoundError):
        plane.v1.fine_tuning.jobs.retrieve(job.id)
    assert done.fine_tuned_model in [model.id for model in plane.v1.models.list()]


@pytest.mark.proves("GET openai/models", client="openai")
def test_the_models_say_which_can_be_tuned(plane: Plane, done: FineTuningJob) -> None:
    shown = {model.id: model.model_dump() for model in plane.azure.models.list()}

    assert shown["gpt-4.1-mini-2025-04-14"]["capabilities"]["fine_tune"] is True
    assert shown["text-embedding-3-small"]["capabilities"]["fine_tune"] is False
    assert done.fine_tuned_model
    assert shown[done.fine_tuned_model]["fine_tune"] == done.id
