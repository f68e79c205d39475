"""Fine-tuning over HTTP: create, read, pause, cancel and delete jobs; events, checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.moment import iso
from ftops_sandbox.openai.checkpoint import show_checkpoints
from ftops_sandbox.openai.creation import check_room, parse_creation
from ftops_sandbox.openai.event import show_events
from ftops_sandbox.openai.grader import parse_grader
from ftops_sandbox.openai.job import Job, read_job, read_jobs, show
from ftops_sandbox.openai.schedule import ENDED, Status
from ftops_sandbox.openai.trainer import trainer_of
from ftops_sandbox.openai.wire import (
    account_of,
    base_url_of,
    not_found,
    page,
    with_body,
    world_of,
)
from ftops_sandbox.store import Document
from ftops_sandbox.world import JOB, World


def create(request: Request, body: dict[str, Any]) -> Response:
    """201 with the pending job, or 400 and nothing stored."""
    world, account = world_of(request), account_of(request)
    document = parse_creation(world, account, body)
    key = f"{account.key}/jobs/{document['id']}"
    with world.store.transaction():
        check_room(world, account, document["plan"])
        world.store.put(JOB, key, document, created=world.now(), parent=account.key)
        world.record("job", key, {"job": document["id"], "action": "created"})
    job = _job(world, account, document["id"])
    if document["plan"]["failure"] is None:
        trainer_of(world).begin(job)
    where = f"{base_url_of(request)}/openai/fine_tuning/jobs/{document['id']}"
    return JSONResponse(show(job), 201, {"location": where})


def _job(world: World, account: Document, job_id: str) -> Job:
    job = read_job(world, account.key, job_id)
    if job is None:
        raise not_found("fine-tuning job", job_id)
    return job


def _asked(request: Request) -> Job:
    return _job(world_of(request), account_of(request), request.path_params["id"])


def list_jobs(request: Request) -> Response:
    jobs = read_jobs(world_of(request), account_of(request).key)
    return page(request, [show(job) for job in jobs])


def get_job(request: Request) -> Response:
    return JSONResponse(show(_asked(request)))


def cancel(request: Request) -> Response:
    """Takes effect at once; a job that has ended stays as it is, and that is an error."""
    with _asked_alone(request) as job:
        if job.status in ENDED:
            raise _unexpected(job, f"is in the terminal status '{job.status.value}'.")
        _write(world_of(request), job, "cancelled", cancelled_at=iso(job.now))
    return JSONResponse(show(_asked(request)))


def pause(request: Request) -> Response:
    """Takes effect at once, and leaves a checkpoint; only of a job that has trained a step."""
    with _asked_alone(request) as job:
        if job.status is not Status.RUNNING:
            raise _unexpected(job, f"is '{job.status.value}'; only a running job can be paused.")
        if not 0 < job.steps_done() < job.steps:
            begun = "trained all of its steps" if job.steps_done() else "not trained a step yet"
            raise _unexpected(job, f"has {begun}; it cannot be paused.")
        _write(world_of(request), job, "paused", orders=_orders(job, "pause"))
    return JSONResponse(show(_asked(request)))


def resume(request: Request) -> Response:
    """The job goes on from where it stopped, when a place is free."""
    with _asked_alone(request) as job:
        if job.status is not Status.PAUSED:
            raise _unexpected(job, f"is '{job.status.value}'; only a paused job can be resumed.")
        _write(world_of(request), job, "resumed", orders=_orders(job, "resume"))
    return JSONResponse(show(_asked(request)))


def delete(request: Request) -> Response:
    """Only a job that has ended; the model that it made stays."""
    with _asked_alone(request) as job:
        if job.status not in ENDED:
            raise OpenAIError(
                409, "conflict", f"The job '{job.body['id']}' has not ended; cancel it first."
            )
        _write(world_of(request), job, "deleted", deleted=True)
    return Response(status_code=204)


@contextmanager
def _asked_alone(request: Request) -> Iterator[Job]:
    """The job that was asked for; nobody else orders anything until this is written."""
    with world_of(request).store.transaction():
        yield _asked(request)


def _orders(job: Job, what: str) -> list[dict[str, str]]:
    return [*job.body.get("orders", []), {"order": what, "at": iso(job.now)}]


def _unexpected(job: Job, what: str) -> OpenAIError:
    return OpenAIError(400, "unexpectedEntityState", f"The job '{job.body['id']}' {what}")


def _write(world: World, job: Job, action: str, **changes: Any) -> None:
    document = job.document
    body = {**document.body, **changes}
    world.store.put(JOB, document.key, body, created=document.created, parent=document.parent)
    world.record("job", document.key, {"job": job.body["id"], "action": action}, job.now)


def list_events(request: Request) -> Response:
    return page(request, show_events(_asked(request), trainer_of(world_of(request))))


def list_checkpoints(request: Request) -> Response:
    return page(request, show_checkpoints(_asked(request), trainer_of(world_of(request))))


def validate_grader(request: Request, body: dict[str, Any]) -> Response:
    """The grader as it was sent, or 400 that names what is wrong with it."""
    account_of(request)
    return JSONResponse({"grader": parse_grader(body.get("grader"), "grader")})


ROUTES = (
    ("/fine_tuning/jobs", with_body(create), ("POST",)),
    ("/fine_tuning/jobs", list_jobs, ("GET",)),
    ("/fine_tuning/jobs/{id}", get_job, ("GET",)),
    ("/fine_tuning/jobs/{id}", delete, ("DELETE",)),
    ("/fine_tuning/jobs/{id}/cancel", cancel, ("POST",)),
    ("/fine_tuning/jobs/{id}/pause", pause, ("POST",)),
    ("/fine_tuning/jobs/{id}/resume", resume, ("POST",)),
    ("/fine_tuning/jobs/{id}/events", list_events, ("GET", "POST")),
    ("/fine_tuning/jobs/{id}/checkpoints", list_checkpoints, ("GET", "POST")),
    ("/fine_tuning/alpha/graders/validate", with_body(validate_grader), ("POST",)),
)
