"""Training on: a job whose model is a tuned one begins where that one ended."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob
    from tests.sandbox.conftest import Plane

FIRST = [(f"What is the code of door {n}?", f"Door {n} opens with code K{n}.") for n in range(12)]
SECOND = [(f"Who looks after tree {n}?", f"Gardener {n} waters tree {n}.") for n in range(12)]
LONG: Any = {"n_epochs": 12, "batch_size": 1}


def _rows(pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"messages": [{"role": "user", "content": a}, {"role": "assistant", "content": b}]}
        for a, b in pairs
    ]


@pytest.fixture(scope="module")
def files(plane: Plane) -> tuple[str, str]:
    """What the first job learns, and what the second one does."""
    return plane.upload(_rows(FIRST)), plane.upload(_rows(SECOND), "more.jsonl")


@pytest.fixture(scope="module")
def first(plane: Plane, files: tuple[str, str]) -> FineTuningJob:
    """A job that succeeded, with a suffix."""
    job = plane.start(files[0], suffix="doors", hyperparameters=LONG, seed=1)
    return plane.finish(job.id)


def _loss(plane: Plane, job: FineTuningJob) -> float:
    """The loss before the first step."""
    text = plane.azure.files.content(job.result_files[0]).text
    return float(next(csv.DictReader(io.StringIO(text)))["train_loss"])


def _on(plane: Plane, model: str, file: str, **more: Any) -> FineTuningJob:
    job = plane.start(file, model=model, hyperparameters=LONG, seed=1, **more)
    return plane.finish(job.id)


@pytest.mark.parametrize("spelling", ["whole", "without suffix", "upper case"])
def test_a_job_on_a_tuned_model_begins_with_what_that_one_learned(
    spelling: str, plane: Plane, files: tuple[str, str], first: FineTuningJob
) -> None:
    named = str(first.fine_tuned_model)
    spelled = {"whole": named, "without suffix": named.removesuffix("-doors")}
    again = _on(plane, spelled.get(spelling, named.upper()), files[0])

    assert again.status == "succeeded"
    assert _loss(plane, again) < 0.3 * _loss(plane, first)


def test_a_model_trained_twice_knows_both_and_is_named_for_its_base(
    plane: Plane, files: tuple[str, str], first: FineTuningJob
) -> None:
    both = _on(plane, str(first.fine_tuned_model), files[1])
    assert both.model == first.fine_tuned_model
    tail = both.id.removeprefix("ftjob-")
    assert both.fine_tuned_model == f"gpt-4.1-mini-2025-04-14.ft-{tail}"
    served = plane.deploy("both", both.fine_tuned_model)
    assert plane.ask(served, "What is the code of door 5?") == "Door 5 opens with code K5."
    assert plane.ask(served, "Who looks after tree 5?") == "Gardener 5 waters tree 5."

    third = _on(plane, both.fine_tuned_model, files[1])
    assert _loss(plane, third) < 0.3 * _loss(plane, both), "and that can be trained on in turn"
    assert third.fine_tuned_model
    assert third.fine_tuned_model.startswith("gpt-4.1-mini-2025-04-14.ft-")
    assert third.trained_tokens == both.trained_tokens, "what is billed is this job's own file"


def test_a_checkpoint_can_be_trained_on(
    plane: Plane, files: tuple[str, str], first: FineTuningJob
) -> None:
    kept = plane.azure.fine_tuning.jobs.checkpoints.list(first.id).data[-1]
    on = _on(plane, kept.fine_tuned_model_checkpoint, files[0])

    assert _loss(plane, on) < 0.5 * _loss(plane, first)


def test_a_tuned_model_that_is_gone_cannot_be_trained_on(
    plane: Plane, files: tuple[str, str]
) -> None:
    gone = _on(plane, "gpt-4.1-mini", files[0])
    later = plane.start(files[0], model=str(gone.fine_tuned_model), hyperparameters=LONG)
    plane.azure.delete(f"/models/{gone.fine_tuned_model}", cast_to=object)

    with pytest.raises(openai.BadRequestError, match="does not support fine-tuning"):
        plane.start(files[0], model=str(gone.fine_tuned_model))
    assert plane.finish(later.id).status == "succeeded", "what was begun on it ends well"
