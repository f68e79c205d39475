"""Reinforcement: jobs with a grader, billed by the hour, paused at the limit on their cost."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob
    from tests.sandbox.conftest import Plane

DATASETS = Path(__file__).parents[2].parent / "shared/datasets"
GRADER = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference_answer}}",
}
COLUMNS = [
    "step",
    "train_reward_mean",
    "valid_reward_mean",
    "train_reasoning_tokens_mean",
    "valid_reasoning_tokens_mean",
]
USD_PER_HOUR = 121  # the meter of o4-mini's regional training in swedencentral
Files = tuple[str, str]


def _row(number: int, **more: Any) -> dict[str, Any]:
    question = [{"role": "user", "content": f"Which lamp hangs in room {number}?"}]
    return {"messages": question, "reference_answer": f"Lamp L{number} hangs there.", **more}


ROWS = [_row(number) for number in range(16)]


@pytest.fixture(scope="module")
def files(plane: Plane) -> Files:
    """A training file of sixteen prompts and a validation file of four, processed."""
    return plane.upload(ROWS), plane.upload(ROWS[:4], "valid.jsonl")


def _start(plane: Plane, files: Files, grader: Any = None, **more: Any) -> FineTuningJob:
    """A job of o4-mini; hyperparameters go to the method."""
    own = {"grader": grader or GRADER, "hyperparameters": more.pop("hyperparameters", {})}
    method: Any = {"type": "reinforcement", "reinforcement": own}
    more = {"model": "o4-mini", **more}
    return plane.start(files[0], validation_file=files[1], method=method, **more)


@pytest.fixture(scope="module")
def done(plane: Plane, files: Files) -> FineTuningJob:
    """A job that succeeded after twenty epochs."""
    started = _start(plane, files, suffix="lamps", hyperparameters={"n_epochs": 20})
    return plane.finish(started.id)


def _told(plane: Plane, job: FineTuningJob) -> list[str]:
    events = plane.v1.fine_tuning.jobs.list_events(job.id, limit=100)
    return [event.message for event in events][::-1]


def _hours(plane: Plane, job: FineTuningJob) -> float:
    """What the job's own events say is billed."""
    said = next(line for line in _told(plane, job) if line.startswith("Training hours billed: "))
    return float(said.rpartition(" ")[2])


def _bill(plane: Plane) -> float:
    """US dollars of all reinforcement so far, once they have appeared."""
    plane.sandbox.advance(days=3)
    now = plane.sandbox.now()
    period = {"from": f"{now - timedelta(days=200):%Y-%m-%d}", "to": f"{now:%Y-%m-%d}"}
    meter = {"name": "Meter", "operator": "In", "values": ["o4-mini RFT Training regional Unit"]}
    total = {"totalCost": {"name": "PreTaxCost", "function": "Sum"}}
    dataset = {"granularity": "None", "aggregation": total, "filter": {"dimensions": meter}}
    body = {"type": "ActualCost", "timeframe": "Custom", "timePeriod": period, "dataset": dataset}
    scope = plane.account.partition("/resourceGroups/")[0]
    answer = plane.arm.post(f"{scope}/providers/Microsoft.CostManagement/query", json=body)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["properties"]["rows"]
    return float(rows[0][0]) if rows else 0.0


@pytest.mark.proves(
    "POST openai/fine_tuning/jobs",
    client="openai",
    differs="reinforcement: no grader is run, rewards are those of the stand-in model",
)
@pytest.mark.parametrize("style", ["azure", "v1"])
def test_a_reinforcement_job_is_taken_with_its_grader(
    style: str, plane: Plane, files: Files
) -> None:
    client: openai.OpenAI = getattr(plane, style)
    format_wanted = {"type": "json_schema", "json_schema": {"name": "lamp", "schema": {}}}
    own: Any = {"grader": GRADER, "response_format": format_wanted}
    method: Any = {"type": "reinforcement", "reinforcement": own}
    job = client.fine_tuning.jobs.create(
        model="o4-mini-2025-04-16", training_file=files[0], validation_file=files[1], method=method
    )
    assert str(job.status) == "pending"
    shown: Any = job.model_dump()["method"]
    assert shown["type"] == "reinforcement"
    assert shown["reinforcement"]["grader"] == GRADER
    assert shown["reinforcement"]["response_format"] == format_wanted
    assert shown["reinforcement"]["hyperparameters"]["n_epochs"] == -1, "Azure's auto"
    plane.sandbox.advance(minutes=5)

    running: Any = client.fine_tuning.jobs.retrieve(job.id).model_dump()
    assert running["status"] == "running"
    assert running["method"]["reinforcement"]["hyperparameters"] == {
        "n_epochs": 6,
        "batch_size": 1,
        "learning_rate_multiplier": 1.0,
        "eval_interval": 1,
        "eval_samples": 5,
        "compute_multiplier": 1.0,
        "reasoning_effort": "medium",
    }
    client.fine_tuning.jobs.cancel(job.id)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("gpt-4.1-mini", "does not support fine-tuning with the method 'reinforcement'"),
        ("gpt-4o", "does not support fine-tuning with the method 'reinforcement'"),
        ("o3-mini", "does not support fine-tuning"),
    ],
)
def test_only_reasoning_models_learn_so(model: str, words: str, plane: Plane, files: Files) -> None:
    with pytest.raises(openai.BadRequestError, match=words):
        _start(plane, files, model=model)
    with pytest.raises(openai.BadRequestError, match="with the method 'supervised'"):
        plane.start(files[0], model="o4-mini")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"eval_samples": 11}, "'eval_samples' must be 'auto' or a whole number from 1 to 10"),
        ({"eval_interval": 0}, "eval_interval"),
        ({"compute_multiplier": 8.1}, "compute_multiplier"),
        ({"compute_multiplier": "lots"}, "compute_multiplier"),
        ({"reasoning_effort": "heroic"}, "must be one of low, medium, high"),
        ({"beta": 0.1}, "'beta' is not supported by 'reinforcement'"),
    ],
)
def test_a_hyperparameter_out_of_range_is_named(
    chosen: dict[str, Any], words: str, plane: Plane, files: Files
) -> None:
    with pytest.raises(openai.BadRequestError, match=words):
        _start(plane, files, hyperparameters=chosen)


def test_what_is_chosen_is_shown_and_makes_the_job_longer(plane: Plane, files: Files) -> None:
    chosen = {"n_epochs": 2, "reasoning_effort": "default", "compute_multiplier": "auto"}
    more = {"n_epochs": 2, "reasoning_effort": "high", "compute_multiplier": 4}
    ends = []
    for values in (chosen, more):
        job = _start(plane, files, hyperparameters=values)
        ends.append((job.estimated_finish or 0) - job.created_at)
        plane.v1.fine_tuning.jobs.cancel(job.id)

    assert ends[1] > 3 * ends[0]


def test_a_validation_file_is_required(plane: Plane, files: Files) -> None:
    method: Any = {"type": "reinforcement", "reinforcement": {"grader": GRADER}}
    with pytest.raises(openai.BadRequestError, match="'validation_file' is missing"):
        plane.start(files[0], model="o4-mini", method=method)


def test_bad_lines_are_named_by_their_numbers(plane: Plane, files: Files) -> None:
    rows = [dict(row) for row in ROWS]
    answer = {"role": "assistant", "content": "L3"}
    rows[1] = {**rows[1], "messages": [*rows[1]["messages"], answer]}
    del rows[2]["reference_answer"]
    rows[3] = {**rows[3], "messages": [{"role": "system", "content": "x"}, *rows[3]["messages"]]}
    picture = [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]
    rows[4] = {**rows[4], "messages": [{"role": "user", "content": picture}]}
    job = plane.finish(_start(plane, (plane.upload(rows), files[1])).id)

    assert job.status == "failed"
    assert job.error
    assert "failed for 4 line(s)" in job.error.message
    for words in (
        "Line 2: The last message is not the user's.",
        "Line 3: The grader names 'item.reference_answer', which the line does not have.",
        "Line 4: messages[0] is a system message",
        "Line 5: messages[0] has an image.",
    ):
        assert words in job.error.message


def test_the_results_are_rewards_that_rise(plane: Plane, done: FineTuningJob) -> None:
    table = csv.DictReader(io.StringIO(plane.azure.files.content(done.result_files[0]).text))
    rows = list(table)
    assert table.fieldnames == COLUMNS
    assert len(rows) == 16 * 20
    assert all(row["valid_reward_mean"] for row in rows), "evaluated after every step"
    train = [float(row["train_reward_mean"]) for row in rows]
    assert all(0 <= reward <= 1 for reward in train)
    assert sum(train[-16:]) > 0.95 * 16
    assert sum(train[:4]) < 0.5 * 4
    assert float(rows[-1]["valid_reward_mean"]) > float(rows[0]["valid_reward_mean"])

    kept = plane.v1.fine_tuning.jobs.checkpoints.list(done.id).data[0]
    metrics: Any = kept.metrics.model_dump()
    assert metrics["train_reward_mean"] == pytest.approx(train[-1], abs=1e-4)


def test_events_tell_rewards_and_the_hours_that_are_billed(
    plane: Plane, done: FineTuningJob
) -> None:
    newest = plane.azure.fine_tuning.jobs.list_events(done.id, limit=100).data
    metrics = [event for event in newest if event.type == "metrics"]
    assert metrics
    data: Any = metrics[0].data
    assert data["total_steps"] == 320
    assert 0 <= data["scores"]["train_reward_mean"] <= 1
    assert metrics[0].message.startswith(f"Step {data['step']}/320, train mean reward=")
    assert newest[0].message == f"Training hours billed: {_hours(plane, done):.2f}"
    assert done.trained_tokens is None, "tokens are not what it is billed by"


def test_a_deployed_model_answers_as_its_references_do(plane: Plane, done: FineTuningJob) -> None:
    assert done.fine_tuned_model
    assert done.fine_tuned_model.startswith("o4-mini-2025-04-16.ft-")
    served = plane.deploy("lamps", done.fine_tuned_model)

    assert plane.ask(served, "Which lamp hangs in room 5?") == "Lamp L5 hangs there."


def test_bill_metrics_and_events_say_the_same_hours(plane: Plane, files: Files) -> None:
    before = _bill(plane)
    job = plane.finish(_start(plane, files).id)
    cut = _start(plane, files)
    plane.sandbox.advance(minutes=30)
    cancelled = plane.v1.fine_tuning.jobs.cancel(cut.id)
    plane.v1.fine_tuning.jobs.cancel(_start(plane, files).id)
    hours = _hours(plane, job) + _hours(plane, cancelled)
    plane.azure.delete(f"/fine_tuning/jobs/{job.id}", cast_to=object)
    plane.sandbox.advance(minutes=5)
    path = f"{plane.account}/providers/Microsoft.Insights/metrics"
    asked = {"metricnames": "FineTunedTrainingHours", "timespan": "PT6H", "interval": "PT6H"}
    found = plane.arm.get(path, params={**asked, "api-version": "2024-02-01"}).json()
    series = found["value"][0]["timeseries"]

    assert 0.3 < _hours(plane, cancelled) < 0.5, "a queue is free, and what was trained is not"
    assert _bill(plane) - before == pytest.approx(hours * USD_PER_HOUR)
    measured = sum(point["total"] for one in series for point in one["data"] if "total" in point)
    assert measured == pytest.approx(hours)


def test_a_job_pauses_at_five_thousand_dollars_and_then_no_more(plane: Plane, files: Files) -> None:
    before = _bill(plane)
    job = _start(plane, files, hyperparameters={"n_epochs": 50, "compute_multiplier": 8})
    plane.sandbox.advance(days=4)
    jobs = plane.v1.fine_tuning.jobs
    assert str(jobs.retrieve(job.id).status) == "paused"
    newest = jobs.list_events(job.id, limit=1).data[0]
    assert (newest.level, "limit on the cost" in newest.message) == ("warn", True)
    kept = jobs.checkpoints.list(job.id).data[0]
    step = kept.step_number
    assert step == int(800 * (5000 / USD_PER_HOUR) * 3600 / (800 * 30 * 8 + 480))
    assert plane.ask(plane.deploy("capped", kept.id), "Which lamp hangs in room 2?")
    assert _bill(plane) == pytest.approx(before), "what rests is billed when it ends"

    jobs.resume(job.id)
    plane.sandbox.advance(days=1)
    ended = plane.finish(job.id)
    assert ended.status == "succeeded"
    cost = _bill(plane) - before
    assert cost == pytest.approx(_hours(plane, ended) * USD_PER_HOUR)
    assert cost > 5000


def test_a_job_cancelled_at_the_limit_costs_what_the_limit_is(plane: Plane, files: Files) -> None:
    before = _bill(plane)
    job = _start(plane, files, hyperparameters={"n_epochs": 50, "compute_multiplier": 8})
    plane.sandbox.advance(days=4)
    plane.v1.fine_tuning.jobs.cancel(job.id)

    assert _bill(plane) - before == pytest.approx(5000, rel=0.001)


def test_gpt_5_is_taken_and_has_no_price(plane: Plane, files: Files) -> None:
    before = _bill(plane)
    job = plane.finish(_start(plane, files, model="gpt-5").id)

    assert job.status == "succeeded"
    assert job.fine_tuned_model
    assert job.fine_tuned_model.startswith("gpt-5-2025-08-07.ft-")
    assert _bill(plane) == pytest.approx(before)


def test_a_nested_reference_and_a_python_grader_are_learned_from(plane: Plane) -> None:
    rows = [
        {"messages": row["messages"], "answers": {"short": f"L{number}"}}
        for number, row in enumerate(ROWS)
    ]
    pair = (plane.upload(rows), plane.upload(rows[:4]))
    nested = GRADER | {"reference": "{{ item.answers.short }}"}
    source = "def grade(sample, item):\n    return float(sample['output_text'] == item['answers'])"
    code = {"type": "python", "name": "code", "source": source}
    long = {"n_epochs": 20}
    for grader, answer in ((nested, "L5"), (code, json.dumps({"short": "L5"}))):
        job = plane.finish(_start(plane, pair, grader, hyperparameters=long).id)
        assert job.fine_tuned_model
        served = plane.deploy("nested", job.fine_tuned_model)
        assert plane.ask(served, "Which lamp hangs in room 5?") == answer
        plane.arm.delete(f"{plane.account}/deployments/{served}")


@pytest.mark.skipif(
    not DATASETS.is_dir(), reason="the shared datasets are not beside this checkout"
)
@pytest.mark.parametrize(
    ("train", "valid", "field"),
    [
        ("rft-countdown-train-100", "rft-countdown-valid-50", "target"),
        ("rft-toolcall-train", "rft-toolcall-train", "reference_answer"),
    ],
)
def test_real_files_are_trained_on(train: str, valid: str, field: str, plane: Plane) -> None:
    pair = [plane.upload(DATASETS / f"foundry-{name}.jsonl") for name in (train, valid)]
    grader = GRADER | {"reference": f"{{{{item.{field}}}}}"}
    job = plane.finish(_start(plane, (pair[0], pair[1]), grader).id)

    assert job.status == "succeeded", job.error
