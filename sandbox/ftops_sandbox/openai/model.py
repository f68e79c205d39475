"""Models as the data plane lists them: the region's base models, and the account's tuned ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.offer import Model, midnight, offer
from ftops_sandbox.openai.job import Job, read_jobs
from ftops_sandbox.openai.schedule import Status
from ftops_sandbox.openai.trainable import TRAINING_TYPES, find_trainable
from ftops_sandbox.openai.wire import account_of, not_found, page, seconds, world_of
from ftops_sandbox.store import Document
from ftops_sandbox.world import JOB, World

_LIFECYCLE = {"Preview": "preview"}
_CREATED = date(2025, 1, 1)
# What Microsoft's specification calls usual, where nobody has published a day.
_SERVED_YEARS = 2


def list_models(request: Request) -> Response:
    shown = _models(world_of(request), account_of(request))
    if "limit" in request.query_params or "after" in request.query_params:
        return page(request, shown)
    return JSONResponse({"object": "list", "data": shown})


def get_model(request: Request) -> Response:
    identity = request.path_params["id"]
    for shown in _models(world_of(request), account_of(request)):
        if shown["id"].casefold() == identity.casefold():
            return JSONResponse(shown)
    raise not_found("model", identity)


def delete_model(request: Request) -> Response:
    """Only a tuned model that no deployment of the account serves."""
    world, account, name = world_of(request), account_of(request), request.path_params["id"]
    with world.store.transaction():
        job = next((job for job in _tuned(world, account) if job.model_name == name), None)
        if job is None:
            raise not_found("fine-tuned model", name)
        for deployment in world.deployments(account.key):
            if deployment.body["properties"]["model"]["name"].casefold() == name.casefold():
                raise OpenAIError(409, "conflict", f"The model '{name}' is deployed; it stays.")
        document = job.document
        body = {**document.body, "model_deleted": True}
        world.store.put(JOB, document.key, body, created=document.created, parent=document.parent)
    return Response(status_code=204)


def _models(world: World, account: Document) -> list[dict[str, Any]]:
    base = [_show_base(world, account, model) for model in offer().models]
    return base + [_show_tuned(job) for job in _tuned(world, account)]


def _tuned(world: World, account: Document) -> list[Job]:
    jobs = read_jobs(world, account.key, deleted=True)
    done = [job for job in jobs if job.status is Status.SUCCEEDED]
    return [job for job in done if not job.body.get("model_deleted")]


def _show_base(world: World, account: Document, model: Model) -> dict[str, Any]:
    trainable = find_trainable(model.name)
    region, today = str(account.body["location"]), world.now().date()
    fine_tune = trainable is not None and any(
        trainable.trains(region, tier, today) for tier in set(TRAINING_TYPES.values())
    )
    chat = model.capability == "chatCompletion"
    return {
        "object": "model",
        "id": trainable.full_name if trainable else model.name,
        "status": "succeeded",
        "created_at": seconds(midnight(_CREATED)),
        "capabilities": _capabilities(fine_tune=fine_tune, chat=chat),
        "lifecycle_status": _LIFECYCLE.get(model.lifecycle, "generally-available"),
        "deprecation": _ends(fine_tune=model.training_until, inference=_served_until(model)),
    }


def _show_tuned(job: Job) -> dict[str, Any]:
    assert job.times.finished is not None, "only a finished job has a model"
    trainable, end = find_trainable(job.body["base"]), job.times.finished.date()
    return {
        "object": "model",
        "id": job.model_name,
        "status": "succeeded",
        "created_at": seconds(job.times.finished),
        "model": job.body["base"],
        "fine_tune": job.body["id"],
        "capabilities": _capabilities(fine_tune=True, chat=True),
        "lifecycle_status": "generally-available",
        "deprecation": _ends(
            inference=(trainable and trainable.model.tuned_until) or _years_later(end)
        ),
    }


def _served_until(model: Model) -> date:
    """The day that was published, else two years after the one in the model's version."""
    if model.inference_until:
        return model.inference_until
    try:
        return _years_later(date.fromisoformat(model.version))
    except ValueError:
        return _years_later(_CREATED)


def _years_later(day: date) -> date:
    return day.replace(year=day.year + _SERVED_YEARS, day=min(day.day, 28))


def _capabilities(*, fine_tune: bool, chat: bool) -> dict[str, bool]:
    return {
        "fine_tune": fine_tune,
        "inference": True,
        "completion": False,
        "chat_completion": chat,
        "embeddings": not chat,
    }


def _ends(**days: date | None) -> dict[str, int]:
    return {name: seconds(midnight(day)) for name, day in days.items() if day}


ROUTES = (
    ("/models", list_models, ("GET",)),
    ("/models/{id}", get_model, ("GET",)),
    ("/models/{id}", delete_model, ("DELETE",)),
)
