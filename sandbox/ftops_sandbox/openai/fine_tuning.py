"""Fine-tuning over HTTP: create, list, read, cancel and delete jobs; their events, checkpoints."""

from __future__ import annotations

import re
import zlib
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.moment import iso
from ftops_sandbox.openai import file as files
from ftops_sandbox.openai.event import show_events
from ftops_sandbox.openai.hyperparameter import parse_hyperparameters, resolve
from ftops_sandbox.openai.job import (
    Job,
    checkpoint_id,
    checkpoint_model,
    checkpoints,
    find_model,
    read_job,
    read_jobs,
    show,
)
from ftops_sandbox.openai.plan import Inspected, durations, inspect
from ftops_sandbox.openai.schedule import Status
from ftops_sandbox.openai.trainable import TRAINING_TYPES, Trainable, find_trainable, limits
from ftops_sandbox.openai.trainer import trainer_of
from ftops_sandbox.openai.upload import content_of, read_file
from ftops_sandbox.openai.wire import (
    account_of,
    bad_request,
    base_url_of,
    new_id,
    not_found,
    page,
    seconds,
    with_body,
    world_of,
)
from ftops_sandbox.store import Document
from ftops_sandbox.world import JOB, World

_SUFFIX = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SEED_MAX = 2**31


def create(request: Request, body: dict[str, Any]) -> Response:
    """201 with the pending job, or 400 and nothing stored."""
    world, account = world_of(request), account_of(request)
    document = _document(world, account, body)
    _check_room(world, account, document["plan"])
    key = f"{account.key}/jobs/{document['id']}"
    world.store.put(JOB, key, document, created=world.now(), parent=account.key)
    world.record("job", key, {"job": document["id"], "action": "created"})
    job = _job(world, account, document["id"])
    if document["plan"]["failure"] is None:
        trainer_of(world).begin(job)
    where = f"{base_url_of(request)}/openai/fine_tuning/jobs/{document['id']}"
    return JSONResponse(show(job), 201, {"location": where})


def _document(world: World, account: Document, body: dict[str, Any]) -> dict[str, Any]:
    method = _method(body)
    tier = _training_type(body.get("trainingType", body.get("training_type")))
    trainable, base = _model(world, account, body.get("model"), tier, method)
    chosen = parse_hyperparameters(body, method)
    identity = new_id("ftjob")
    training = _inspect(world, account, body, ("training_file", method), trainable)
    validation = _inspect(world, account, body, ("validation_file", method), trainable)
    resolved = resolve(chosen, training.examples, trainable.learning_rate_multiplier)
    visited = training.tokens * int(resolved["n_epochs"])
    plan = {
        "examples": training.examples,
        "tokens": training.tokens,
        "hyperparameters": resolved,
        "failure": training.failure or validation.failure,
        **durations(identity, visited),
    }
    return {
        "id": identity,
        "model": body["model"],
        "base": base,
        "method": method,
        "trainingType": tier,
        "suffix": _suffix(body.get("suffix")),
        "seed": _seed(body.get("seed"), identity),
        "training_file": body["training_file"],
        "validation_file": body.get("validation_file"),
        "integrations": body.get("integrations"),
        "chosen": chosen,
        "plan": plan,
    }


def _check_room(world: World, account: Document, plan: dict[str, Any]) -> None:
    most = limits()
    jobs = read_jobs(world, account.key)
    visited = plan["tokens"] * plan["hyperparameters"]["n_epochs"]
    if len(jobs) >= most["jobs"]:
        raise OpenAIError(400, "quotaExceeded", f"This resource has {most['jobs']} jobs.")
    if sum(job.status is Status.PENDING for job in jobs) >= most["queued"]:
        raise OpenAIError(400, "quotaExceeded", f"{most['queued']} jobs are queued already.")
    if visited > most["tokens_times_epochs"]:
        raise bad_request("The job would train on more than 2 billion tokens (tokens x epochs).")


def _method(body: dict[str, Any]) -> str:
    given = body.get("method") or {"type": "supervised"}
    name = given.get("type") if isinstance(given, dict) else given
    if name == "reinforcement":
        raise bad_request(
            "The sandbox does not run reinforcement fine-tuning; it trains 'supervised' and 'dpo'."
        )
    if name not in ("supervised", "dpo"):
        raise bad_request(f"The method '{name}' is not one of supervised, dpo, reinforcement.")
    return str(name)


def _training_type(given: Any) -> str:
    tier = TRAINING_TYPES.get(str(given if given is not None else "standard").casefold())
    if tier is None:
        raise bad_request(
            f"The trainingType '{given}' is not one of Standard, GlobalStandard, Developer."
        )
    return tier


def _model(
    world: World, account: Document, name: Any, tier: str, method: str
) -> tuple[Trainable, str]:
    """The model's row, and the base name that the tuned model's own name begins with."""
    if not isinstance(name, str) or not name:
        raise bad_request("The property 'model' is missing.")
    tuned = find_model(world, account.key, name)
    trainable = find_trainable(str(tuned[0].body["base"]) if tuned else name)
    if trainable is None or method not in trainable.methods:
        raise bad_request(f"The specified base model '{name}' does not support fine-tuning.")
    region = str(account.body["location"])
    if not trainable.trains(region, tier, world.now().date()):
        spoken = tier[0].upper() + tier[1:]
        raise bad_request(
            f"The specified base model '{name}' does not support fine-tuning with {spoken} "
            f"TrainingType in region '{region}'."
        )
    return trainable, trainable.full_name


def _inspect(
    world: World,
    account: Document,
    body: dict[str, Any],
    asked: tuple[str, str],
    trainable: Trainable,
) -> Inspected:
    param, method = asked
    file_id = body.get(param)
    if file_id is None and param == "validation_file":
        return Inspected(0, 0, None)
    if not isinstance(file_id, str) or not file_id:
        raise bad_request(f"The property '{param}' is missing.")
    file = read_file(world, account.key, file_id)
    what = param.replace("_", " ")
    if file is None:
        raise bad_request(f"The specified {what} '{file_id}' does not exist.")
    shown = files.show(world, file)
    if shown["purpose"] != "fine-tune":
        raise bad_request(f"The {what} '{file_id}' was not uploaded for 'fine-tune'.")
    if shown["status"] != "processed":
        raise OpenAIError(
            400,
            "unexpectedEntityState",
            f"The {what} '{file_id}' is not processed, its status is '{shown['status']}'. "
            + str(shown.get("status_details") or "Please try again in a moment."),
        )
    return inspect(content_of(world, file_id), method, param, trainable.example_tokens)


def _suffix(given: Any) -> str | None:
    if given in (None, ""):
        return None
    if not isinstance(given, str) or not _SUFFIX.fullmatch(given):
        raise bad_request(
            "The suffix may have up to 40 characters, of a-z, A-Z, 0-9, '-' and '_' alone."
        )
    return given


def _seed(given: Any, identity: str) -> int:
    if given is None:
        return zlib.crc32(identity.encode()) % _SEED_MAX
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given < _SEED_MAX:
        raise bad_request(f"The seed must be a whole number from 0 to {_SEED_MAX - 1}.")
    return given


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
    world, job = world_of(request), _asked(request)
    if job.status not in (Status.PENDING, Status.RUNNING):
        raise OpenAIError(
            400,
            "unexpectedEntityState",
            f"The job '{job.body['id']}' is in the terminal status '{job.status.value}'.",
        )
    _write(world, job, cancelled_at=iso(world.now()))
    world.record("job", job.document.key, {"job": job.body["id"], "action": "cancelled"})
    return JSONResponse(show(_asked(request)))


def delete(request: Request) -> Response:
    """Only a job that has ended; the model that it made stays."""
    world, job = world_of(request), _asked(request)
    if job.status in (Status.PENDING, Status.RUNNING):
        raise OpenAIError(
            409, "conflict", f"The job '{job.body['id']}' has not ended; cancel it first."
        )
    _write(world, job, deleted=True)
    return Response(status_code=204)


def _write(world: World, job: Job, **changes: Any) -> None:
    document = job.document
    body = {**document.body, **changes}
    world.store.put(JOB, document.key, body, created=document.created, parent=document.parent)


def list_events(request: Request) -> Response:
    return page(request, show_events(_asked(request), trainer_of(world_of(request))))


def list_checkpoints(request: Request) -> Response:
    job = _asked(request)
    reached = checkpoints(job) if job.times.started and job.steps_done() else []
    trainer = trainer_of(world_of(request))
    return page(request, [_show_checkpoint(job, trainer.curve(job).at(s), e) for e, s in reached])


def _show_checkpoint(job: Job, row: dict[str, Any], epoch: int) -> dict[str, Any]:
    step = epoch * (job.steps // job.chosen.n_epochs)
    metrics: dict[str, float] = {"step": step}
    for name, score in (("train", "train"), ("valid", "valid"), ("full_valid", "full_valid")):
        if row[score]:
            metrics[f"{name}_loss"] = row[score]["loss"]
            metrics[f"{name}_mean_token_accuracy"] = row[score]["accuracy"]
    return {
        "object": "fine_tuning.job.checkpoint",
        "id": checkpoint_id(job, epoch),
        "created_at": seconds(job.moment_of_step(step)),
        "fine_tuned_model_checkpoint": checkpoint_model(job, step),
        "fine_tuning_job_id": job.body["id"],
        "step_number": step,
        "metrics": metrics,
    }


ROUTES = (
    ("/fine_tuning/jobs", with_body(create), ("POST",)),
    ("/fine_tuning/jobs", list_jobs, ("GET",)),
    ("/fine_tuning/jobs/{id}", get_job, ("GET",)),
    ("/fine_tuning/jobs/{id}", delete, ("DELETE",)),
    ("/fine_tuning/jobs/{id}/cancel", cancel, ("POST",)),
    ("/fine_tuning/jobs/{id}/events", list_events, ("GET", "POST")),
    ("/fine_tuning/jobs/{id}/checkpoints", list_checkpoints, ("GET", "POST")),
)
