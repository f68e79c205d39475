"""What one resource may hold: files, jobs, jobs in the queue; and what becomes of the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

LINE = json.dumps(
    {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
)
FILES, JOBS, QUEUED = 100, 100, 20
Opener = Callable[[str, str], openai.OpenAI]


@pytest.fixture
def opened(plane: Plane) -> Iterator[Opener]:
    """Makes a further account in a region and answers a client of it."""
    clients = []

    def make(name: str, region: str) -> openai.OpenAI:
        path = f"{plane.account.rpartition('/')[0]}/{name}"
        body = {
            "location": region,
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": name},
        }
        assert plane.arm.put(path, json=body).is_success
        plane.sandbox.advance(minutes=1)
        key = plane.arm.post(f"{path}/listKeys").json()["key1"]
        where = f"{plane.sandbox.http}/_acct/{name}/openai/v1"
        clients.append(openai.OpenAI(base_url=where, api_key=key, max_retries=0))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def _file(client: openai.OpenAI, plane: Plane, lines: int) -> str:
    data = "\n".join([LINE] * lines).encode()
    file = client.files.create(file=("a.jsonl", data), purpose="fine-tune")
    plane.sandbox.advance(seconds=3)
    return file.id


def _start(client: openai.OpenAI, file: str, **more: Any) -> str:
    return client.fine_tuning.jobs.create(model="gpt-4.1-mini", training_file=file, **more).id


def test_a_resource_holds_a_hundred_files_imports_among_them(plane: Plane, opened: Opener) -> None:
    client = opened("full", "swedencentral")
    first = _file(client, plane, 1)
    data = {"purpose": "fine-tune", "filename": "a", "content_url": "https://example.org/a"}
    client.post("/files/import", body=data, cast_to=object)
    for _ in range(FILES - 2):
        client.files.create(file=("a.jsonl", LINE.encode()), purpose="fine-tune")
    assert len(list(client.files.list())) == FILES

    with pytest.raises(openai.BadRequestError, match="holds 100 files") as refused:
        client.files.create(file=("a.jsonl", LINE.encode()), purpose="fine-tune")
    assert refused.value.code == "quotaExceeded"
    with pytest.raises(openai.BadRequestError, match="holds 100 files"):
        client.post("/files/import", body=data, cast_to=object)
    client.files.delete(first)
    assert client.files.create(file=("a.jsonl", LINE.encode()), purpose="fine-tune").id


def test_twenty_jobs_wait_and_the_next_is_refused(plane: Plane, opened: Opener) -> None:
    client = opened("queue", "swedencentral")
    short = _file(client, plane, 3)
    for _ in range(QUEUED):
        last = _start(client, short)
    with pytest.raises(openai.BadRequestError, match="20 jobs are queued") as refused:
        _start(client, short)
    assert refused.value.code == "quotaExceeded"
    assert len(list(client.fine_tuning.jobs.list(limit=100))) == QUEUED, "nothing half-made"

    client.fine_tuning.jobs.cancel(last)
    assert _start(client, short), "a cancelled job waits no longer"


def test_many_at_once_get_no_more_places_in_the_queue(plane: Plane, opened: Opener) -> None:
    client = opened("crowd", "swedencentral")
    short = _file(client, plane, 3)

    def begin(_number: int) -> bool:
        try:
            return bool(_start(client, short))
        except openai.BadRequestError:
            return False

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(begin, range(40)))

    assert sum(taken) == QUEUED
    assert len(list(client.fine_tuning.jobs.list(limit=100))) == QUEUED


def test_a_resource_holds_a_hundred_jobs(plane: Plane, opened: Opener) -> None:
    client = opened("busy", "swedencentral")
    short = _file(client, plane, 3)
    for number in range(JOBS):
        if number % QUEUED == 0:
            plane.sandbox.advance(minutes=10)
        last = _start(client, short)
    plane.sandbox.advance(minutes=10)
    with pytest.raises(openai.BadRequestError, match="has 100 jobs") as refused:
        _start(client, short)
    assert refused.value.code == "quotaExceeded"

    client.delete(f"/fine_tuning/jobs/{last}", cast_to=object)
    assert _start(client, short), "a deleted one makes room"


def test_five_developer_jobs_run_beside_three_others(plane: Plane, opened: Opener) -> None:
    client = opened("tiers", "swedencentral")
    file = _file(client, plane, 12)
    kinds = ["Standard", "GlobalStandard"] * 2 + ["Developer"] * 6
    jobs = [_start(client, file, extra_body={"trainingType": kind}) for kind in kinds]
    plane.sandbox.advance(minutes=6)
    states = [client.fine_tuning.jobs.retrieve(job).status for job in jobs]

    assert sorted(states[:4]) == ["pending", "running", "running", "running"]
    assert sorted(states[4:]) == ["pending", *["running"] * 5]
    for job in jobs:
        client.fine_tuning.jobs.cancel(job)


def test_a_file_may_be_deleted_while_a_job_trains_on_it(plane: Plane) -> None:
    file = plane.upload("\n".join([LINE] * 12).encode())
    job = plane.start(file)
    assert plane.v1.files.delete(file).deleted
    with pytest.raises(openai.NotFoundError):
        plane.v1.files.content(file)
    with pytest.raises(openai.BadRequestError, match="does not exist"):
        plane.start(file)

    done = plane.finish(job.id)
    assert (done.status, done.training_file) == ("succeeded", file)
