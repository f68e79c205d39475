"""A blueprint made real: by the same checks as a client's writes, all of it or nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from starlette.requests import Request

from ftops_sandbox.arm.activity_entry import Journal
from ftops_sandbox.arm.path import GROUP_TYPE, parse_target
from ftops_sandbox.arm.render import show, stamp
from ftops_sandbox.arm.resource_type import Body, Write, resource_types
from ftops_sandbox.bearer import Caller
from ftops_sandbox.blueprint import PlannedAccount, PlannedDeployment, PlannedModel
from ftops_sandbox.errors import ArmError, BadOrder, OpenAIError
from ftops_sandbox.moment import iso
from ftops_sandbox.offer import offer
from ftops_sandbox.openai import fine_tuning
from ftops_sandbox.openai.file import PROCESSING
from ftops_sandbox.openai.job import read_job
from ftops_sandbox.openai.schedule import Status
from ftops_sandbox.openai.upload import KIND as FILE
from ftops_sandbox.openai.upload import key_of
from ftops_sandbox.store import Document
from ftops_sandbox.traffic import write_traffic
from ftops_sandbox.world import ACCOUNT, DEPLOYMENT, NOTES, OBJECT_ID, SUBSCRIPTION_ID, World

_CALLER = Caller({"oid": OBJECT_ID})
_BASE = "https://management.azure.com"
_EXAMPLES = 12
# A tuned model's name in Azure and the account that has it, by account and name in the file.
_Models = dict[tuple[str, str], tuple[str, str]]


def build(world: World, accounts: list[PlannedAccount]) -> dict[str, int]:
    """Writes every account and what it holds; BadOrder says where Azure would have refused.

    A deployment's hours begin when the file says, and its account's and model's before that.
    """
    calls = deployments = 0
    models: _Models = {}
    with world.store.transaction():
        for planned in accounts:
            with _at(planned.name):
                account = _account(world, planned)
            for model in planned.models:
                with _at(f"{planned.name}, tuned model {model.name}"):
                    name = _model(world, account, model)
                    models[planned.name, model.name] = name, account.key
            for inner in planned.deployments:
                with _at(f"{planned.name}, deployment {inner.name}"):
                    tuned = models.get((inner.source or planned.name, inner.model))
                    deployment = _deployment(world, account, inner, tuned)
                    calls += write_traffic(world, deployment, inner.traffic) if inner.traffic else 0
            deployments += len(planned.deployments)
    made = {"accounts": len(accounts), "tuned_models": len(models), "deployments": deployments}
    return {"created": sum(made.values()), **made, "calls": calls}


@contextmanager
def _at(place: str) -> Iterator[None]:
    try:
        yield
    except (ArmError, OpenAIError) as error:
        raise BadOrder(f"{place}: {error.message}") from error


def _account(world: World, planned: PlannedAccount) -> Document:
    scope = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{planned.group}"
    if world.store.get(GROUP_TYPE, scope) is None:
        subscription = scope.rpartition("/resourceGroups/")[0]
        _keep(world, GROUP_TYPE, scope, subscription, {"location": planned.location})
    properties = {"customSubDomainName": planned.name, **planned.properties}
    body: Body = {
        "location": planned.location,
        "kind": planned.kind,
        "sku": {"name": "S0"},
        "tags": dict(planned.tags),
        "properties": properties,
    }
    key = f"{scope}/providers/{ACCOUNT}/{planned.name}"
    if planned.location not in offer().regions:
        raise ArmError(400, "LocationNotAvailable", f"{planned.location!r} is no region of Azure.")
    return _keep(world.at(planned.created), ACCOUNT, key, scope, body)


def _deployment(
    world: World, account: Document, planned: PlannedDeployment, tuned: tuple[str, str] | None
) -> Document:
    if planned.created < account.created:
        raise ArmError(400, "BadRequest", "It would be older than its account.")
    if planned.source and tuned is None:
        raise ArmError(400, "BadRequest", f"{planned.source} has no tuned model {planned.model}.")
    name, home = tuned or (planned.model, account.key)
    model = {"format": "OpenAI", "name": name} | ({} if home == account.key else {"source": home})
    version = planned.version or ("1" if tuned else None)
    body: Body = {
        "sku": {"name": planned.sku, "capacity": planned.capacity},
        "properties": {"model": {**model, "version": version} if version else model},
    }
    body |= {"tags": dict(planned.tags)} if planned.tags else {}
    key, then = f"{account.key}/deployments/{planned.name}", world.at(planned.created)
    document = _keep(then, DEPLOYMENT, key, account.key, body)
    if tuned:
        _log(then, document)
    return document


def _log(world: World, document: Document) -> None:
    """The one entry that tells what a deployment was, once it is gone; a base one costs nothing."""
    target = parse_target(document.key)
    assert target is not None, "a deployment's key is its id"
    shown = show(resource_types()[DEPLOYMENT.casefold()], world, document, _BASE)
    told = {"statusCode": "Created", "responseBody": json.dumps(shown)}
    Journal(world, target, "PUT", _CALLER).write("Succeeded", told)


def _keep(world: World, type_name: str, key: str, parent: str, body: Body) -> Document:
    """One write as the engine makes it, settled at once; what is there already is refused."""
    kind, now = resource_types()[type_name.casefold()], world.now()
    if world.store.get(type_name, key) is not None:
        raise ArmError(409, "Conflict", "It is there already.")
    kept = kind.check(Write(world, key, parent, body, None, _CALLER, now))
    notes = {
        "etag": f'"{uuid.uuid4()}"',
        "system": stamp(world, _CALLER, None),
        **kept.notes,
        "settles": iso(now),
        "settling": "Creating",
    }
    whole = {**body, NOTES: notes}
    share = kept.share
    document = world.store.put(type_name, key, whole, created=now, parent=parent, share=share)
    kind.written(world, document, None)
    return document


def _model(world: World, account: Document, planned: PlannedModel) -> str:
    """The name that Azure gives a tuned model: its job is created, and has finished by now."""
    if planned.created < account.created:
        raise ArmError(400, "BadRequest", "It would be older than its account.")
    identity = f"file-{uuid.uuid4().hex}"
    data = "\n".join(json.dumps(row) for row in planned.examples or _examples(planned)).encode()
    world.store.put_blob(f"file/{identity}", data)
    file = {
        "id": identity,
        "bytes": len(data),
        "filename": f"{planned.name}.jsonl",
        "purpose": "fine-tune",
    }
    key = key_of(account.key, identity)
    world.store.put(FILE, key, file, created=planned.created, parent=account.key)
    wanted = {"model": planned.base, "training_file": identity, "suffix": planned.suffix}
    # The service takes a file once it has looked at it, a few seconds later.
    later = world.at(planned.created + PROCESSING)
    told = json.loads(bytes(fine_tuning.create(_request(later, account), wanted).body))
    job = read_job(world, account.key, told["id"])
    if job is None or job.status is not Status.SUCCEEDED:
        raise ArmError(409, "Conflict", "Its job does not succeed by now: say an earlier created.")
    return job.model_name


def _request(world: World, account: Document) -> Request:
    """What the data plane's handler asks of a request, for one that came over no wire."""
    path = "/openai/v1/fine_tuning/jobs"
    app = SimpleNamespace(state=SimpleNamespace(world=world))
    place = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode()}
    rest = {"query_string": b"", "headers": [], "scheme": "http", "server": ("localhost", 80)}
    return Request({**place, **rest, "app": app, "state": {"account": account}})


def _examples(planned: PlannedModel) -> list[dict[str, Any]]:
    """Enough to train on, where a file is silent about what a model was taught."""
    return [
        {
            "messages": [
                {"role": "user", "content": f"Which answer does {planned.name} give to {number}?"},
                {"role": "assistant", "content": f"{planned.name} gives answer {number}."},
            ]
        }
        for number in range(_EXAMPLES)
    ]
