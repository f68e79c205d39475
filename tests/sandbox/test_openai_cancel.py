"""Jobs that cost next to nothing, refused or cancelled before they train; models are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

ROW: dict[str, Any] = {
    "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
}


@pytest.fixture(scope="module")
def data(plane: Plane) -> str:
    """The id of a processed training file with a dozen tiny examples."""
    return plane.upload([ROW] * 12)


@pytest.mark.on_azure(cost_max_usd="0.25")
@pytest.mark.proves(
    "POST openai/fine_tuning/jobs", "POST openai/fine_tuning/jobs/{id}/cancel", client="openai"
)
@pytest.mark.proves("GET openai/fine_tuning/jobs", client="openai")
def test_a_job_is_made_listed_and_cancelled_in_the_queue(plane: Plane, data: str) -> None:
    job = plane.start(data, model="gpt-4.1-mini-2025-04-14", suffix="cancelled")
    try:
        listed = [one.id for one in plane.azure.fine_tuning.jobs.list(limit=20)]
    finally:
        ended = plane.v1.fine_tuning.jobs.cancel(job.id)

    assert str(job.status) == "pending"
    assert (job.training_file, job.fine_tuned_model) == (data, None)
    assert job.id in listed
    assert ended.status == "cancelled"


@pytest.mark.on_azure(cost_max_usd="0.05")
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"model": "gpt-9"}, "gpt-9"),
        ({"suffix": "x" * 41}, "suffix"),
        ({"hyperparameters": {"n_epochs": 0}}, "n_epochs"),
        ({"validation_file": "file-none"}, "file-none"),
    ],
)
def test_a_job_without_sense_is_refused_and_named(
    plane: Plane, data: str, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=words):
        plane.start(data, **more)


@pytest.mark.proves("DELETE openai/models/{id}", client="openai")
def test_a_tuned_model_is_deleted_unless_it_is_deployed(plane: Plane, data: str) -> None:
    free, kept = (plane.finish(plane.start(data).id).fine_tuned_model or "" for _ in range(2))
    plane.deploy("kept", kept)

    plane.v1.models.delete(free)
    with pytest.raises(openai.ConflictError, match="deployed"):
        plane.v1.models.delete(kept)

    left = [model.id for model in plane.azure.models.list()]
    assert (free in left, kept in left) == (False, True)
