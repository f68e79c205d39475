"""Every published request of the data plane that the parity table claims, sent as published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.sandbox import parity, spec

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob
    from tests.sandbox.conftest import Plane

PLANE = "openai-data-plane"
OLDER = f"{PLANE}/authoring-2024-10-01-preview/azureopenai.json"
FOLDERS = {
    f"{PLANE}/authoring-2024-10-21": f"{PLANE}/authoring-2024-10-21/azureopenai.json",
    f"{PLANE}/authoring-2024-10-01-preview": OLDER,
    f"{PLANE}/authoring-2025-04-01-preview": OLDER,
    f"{PLANE}/inference-2024-10-21": f"{PLANE}/inference-2024-10-21/inference.json",
}
"""Each folder of examples with the swagger that they are held to; that of 2025 is not at hand."""
ROW = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}

pytestmark = pytest.mark.skipif(not spec.SPECS.exists(), reason=spec.ABSENT)


def _examples() -> Iterator[spec.Example]:
    for folder, swagger in FOLDERS.items():
        for path in sorted((spec.SPECS / folder / "examples").glob("*.json")):
            if spec.refers(swagger, path.stem):
                yield spec.example(f"{folder}/examples", swagger, path.stem)


CLAIMED = {proof.operation for proof in parity.declared()}
SENT = [one for one in _examples() if one.operation in CLAIMED]


@pytest.fixture(scope="module")
def done(plane: Plane) -> FineTuningJob:
    """A job that succeeded."""
    return plane.finish(plane.start(plane.upload([ROW] * 12)).id)


@pytest.fixture(scope="module")
def base(plane: Plane) -> str:
    """A deployment of a base model, with capacity for all of this."""
    return plane.deploy("base", "gpt-4.1-mini", capacity=400)


@pytest.fixture
def job(plane: Plane, done: FineTuningJob) -> Callable[[spec.Example], str]:
    """The job that a request is about: one that runs, one that was cancelled, or the one done."""

    def choose(one: spec.Example) -> str:
        if not one.operation.endswith("cancel") and one.method != "DELETE":
            return done.id
        started = plane.start(plane.upload([ROW] * 12)).id
        if one.method == "DELETE":
            plane.v1.fine_tuning.jobs.cancel(started)
        return started

    return choose


def _upload(plane: Plane, one: spec.Example) -> tuple[spec.Example, str]:
    """The request about an upload of one part, and the upload's id."""
    data = json.dumps(ROW).encode()
    uploads = plane.v1.uploads
    made = uploads.create(
        bytes=len(data), filename="a.jsonl", mime_type="application/json", purpose="fine-tune"
    )
    if one.operation.endswith("/complete"):
        part: Any = uploads.parts.create(made.id, data=data)
        one = replace(one, body={"part_ids": [part.azure_block_id]})
    return one, made.id


def _send(plane: Plane, one: spec.Example) -> httpx.Response:
    form: dict[str, Any] = {"json": one.body} if one.body else {}
    if one.operation == "POST openai/files":
        file = ("puppy.jsonl", json.dumps(ROW).encode())
        form = {"data": {"purpose": one.given["purpose"]}, "files": {"file": file}}
    if one.operation.endswith("/parts"):
        form = {"files": {"data": ("part", b"raw file content")}}
    where = f"{plane.endpoint}/openai{one.url}"
    headers = {"api-key": plane.key}
    return httpx.request(
        one.method, where, params=one.query, headers=headers, trust_env=False, timeout=60, **form
    )


@pytest.mark.proves(
    "POST openai/deployments/{deployment}/chat/completions",
    "GET openai/files",
    "POST openai/files",
    "POST openai/files/import",
    "DELETE openai/files/{id}",
    "GET openai/files/{id}",
    "GET openai/files/{id}/content",
    "GET openai/fine_tuning/jobs",
    "POST openai/fine_tuning/jobs",
    "DELETE openai/fine_tuning/jobs/{id}",
    "GET openai/fine_tuning/jobs/{id}",
    "POST openai/fine_tuning/jobs/{id}/cancel",
    "GET openai/fine_tuning/jobs/{id}/checkpoints",
    "GET openai/fine_tuning/jobs/{id}/events",
    "POST openai/uploads",
    "POST openai/uploads/{id}/cancel",
    "POST openai/uploads/{id}/complete",
    "POST openai/uploads/{id}/parts",
    client="published example",
)
@pytest.mark.proves(
    "GET openai/models",
    "GET openai/models/{id}",
    client="published example",
    differs="no end of inference where none was published",
)
@pytest.mark.parametrize("one", SENT, ids=lambda one: f"{one.name}-{one.query['api-version']}")
def test_a_published_request_is_answered_as_published(
    one: spec.Example,
    plane: Plane,
    done: FineTuningJob,
    base: str,
    job: Callable[[spec.Example], str],
) -> None:
    file = plane.upload([ROW] * 12)
    about = {
        "file-id": file,
        "fine-tuning-job-id": job(one) if "{fine-tuning-job-id}" in one.path else "",
        "model-id": done.fine_tuned_model if "finetune" in one.name else "gpt-4.1-mini-2025-04-14",
        "deployment-id": base,
    }
    if "{upload-id}" in one.path:
        one, about["upload-id"] = _upload(plane, one)
    if one.operation == "POST openai/fine_tuning/jobs":
        one = replace(one, body={**one.body, "model": "gpt-4.1-mini", "training_file": file})

    answer = _send(plane, one.named(**about))

    text = answer.headers.get("content-type", "").startswith("application/json")
    found = spec.problems(one, answer.status_code, answer.json() if text else None)
    assert not found
