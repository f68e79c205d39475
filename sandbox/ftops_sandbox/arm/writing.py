"""PUT and PATCH: one way for every type, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.arm.activity_entry import Journal
from ftops_sandbox.arm.gate import Admission
from ftops_sandbox.arm.locate import require_parent, require_resource, require_scope
from ftops_sandbox.arm.lock import require_unlocked
from ftops_sandbox.arm.operation import begin
from ftops_sandbox.arm.path import Target
from ftops_sandbox.arm.region import settle_location
from ftops_sandbox.arm.render import READ_ONLY, show, stamp
from ftops_sandbox.arm.resource_type import (
    Body,
    Kept,
    ResourceType,
    Write,
    resource_types,
)
from ftops_sandbox.errors import ArmError
from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.payload import parse_json
from ftops_sandbox.signin import base_url
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World

_BUSY = "busy"


@dataclass(frozen=True)
class Order:
    """One request to change a resource."""

    request: Request
    world: World
    kind: ResourceType
    target: Target
    admission: Admission


async def put(order: Order) -> Response:
    """Creates (201) or replaces (200)."""
    sent = await read_body(order.request)
    journal = Journal(order.world, order.target, "PUT", order.admission.caller, sent)
    try:
        return _put(order, sent, journal)
    except ArmError as error:
        journal.failed(error.status, error.body())
        raise


async def patch(order: Order) -> Response:
    """Merges into what is there; tags are replaced whole, as Azure replaces them."""
    sent = await read_body(order.request)
    journal = Journal(order.world, order.target, "PATCH", order.admission.caller, sent)
    try:
        require_scope(order.world, order.target)
        require_parent(order.world, order.target)
        before = require_resource(order.world, order.target)
        match_etag(order.request, before)
        kept = {key: value for key, value in before.body.items() if key != NOTES}
        change = {key: value for key, value in sent.items() if key not in READ_ONLY}
        tags = {"tags": sent["tags"]} if "tags" in sent else {}
        body = {**_merge(kept, change), **tags}
        if order.kind.tracked:
            body["location"] = settle_location(order.kind, order.target, body, before)
        return _keep(order, body, before, journal)
    except ArmError as error:
        journal.failed(error.status, error.body())
        raise


async def read_body(request: Request) -> Body:
    """A JSON object, {} for nothing; 400 in Azure's words for anything else."""
    body = await read_json(request)
    if not isinstance(body, dict):
        raise _bad_content("The request's JSON is not an object.")
    for name, expected in (("properties", dict), ("tags", dict), ("sku", dict), ("location", str)):
        if body.get(name) is not None and not isinstance(body[name], expected):
            raise _bad_content(f"Error converting value of path '{name}'.")
    return body


async def read_json(request: Request) -> Any:
    """Any JSON that could be shown again, {} for nothing; 400 in Azure's words otherwise."""
    try:
        return parse_json(await request.body())
    except ValueError as error:
        raise _bad_content("Error parsing the request's JSON.") from error


def require_quiet(world: World, target: Target) -> None:
    """409 while another write on the same outermost resource is settling."""
    root = _outermost(target).id
    busy = world.store.get(_BUSY, root)
    if busy and world.now() < parse_moment(busy.body["until"]):
        raise ArmError(
            409,
            "RequestConflict",
            f"Another operation is being performed on the parent resource '{root}'. "
            "Please try again later.",
        )


def _put(order: Order, sent: Body, journal: Journal) -> Response:
    require_scope(order.world, order.target)
    require_parent(order.world, order.target)
    before = order.world.store.get(order.kind.name, order.target.id)
    match_etag(order.request, before)
    body = {key: value for key, value in sent.items() if key not in READ_ONLY}
    if order.kind.tracked:
        body["location"] = settle_location(order.kind, order.target, body, before)
    return _keep(order, body, before, journal)


def _keep(order: Order, body: Body, before: Document | None, journal: Journal) -> Response:
    world, now = order.world, order.world.now()
    parent = order.target.parent
    parent_id = parent.id if parent else order.target.scope
    key = before.key if before else order.target.id
    with world.store.transaction():
        require_unlocked(world, order.target.id, "write")
        require_quiet(world, order.target)
        caller = order.admission.caller
        write = Write(world, key, parent_id, body, before, caller, now)
        kept = order.kind.check(write)
        finishes = now + timedelta(seconds=0 if before else order.kind.create_s)
        finishes = min(finishes, parse_moment(kept.notes.get("settles", iso(finishes))))
        document = _store(order, write, kept, finishes)
        order.kind.written(world, document, before)
        if finishes > now:
            world.store.put(
                _BUSY, _outermost(order.target).id, {"until": iso(finishes)}, created=now
            )
        version = order.admission.api_version
        shown = show(order.kind, world, document, base_url(order.request), version)
        status = 200 if before else order.kind.created_status
        journal.ended(status, shown, finishes)
        headers = _headers(order, document, finishes)
    return JSONResponse(shown, status, headers)


def _store(order: Order, write: Write, kept: Kept, finishes: datetime) -> Document:
    world, before = write.world, write.before
    notes = {
        **(before.body[NOTES] if before else {}),
        "etag": f'"{uuid.uuid4()}"',
        "system": stamp(world, write.caller, before),
        **kept.notes,
        "settles": iso(finishes),
        "settling": "Creating",
    }
    return world.store.put(
        order.kind.name,
        write.id,
        {**write.body, NOTES: notes},
        created=before.created if before else write.now,
        parent=write.parent,
        share=kept.share,
    )


def _headers(order: Order, document: Document, finishes: datetime) -> Mapping[str, str]:
    headers = {"ETag": document.body[NOTES]["etag"]}
    if finishes <= order.world.now():
        return headers
    place = place_of(order.world, order.target)
    return headers | begin(order.request, order.kind.namespace, place, "Creating", finishes)


def place_of(world: World, target: Target) -> str:
    """Where an operation is polled: the region of the outermost resource."""
    root = _outermost(target)
    kind = resource_types().get(root.type_name.casefold())
    document = world.store.get(kind.name, root.id) if kind else None
    return str(document.body.get("location", "global")) if document else "global"


def match_etag(request: Request, before: Document | None) -> None:
    """412 when a condition of the request does not hold."""
    wanted = request.headers.get("if-match", "")
    etag = before.body[NOTES]["etag"] if before else None
    missed = wanted and wanted != etag and not (wanted == "*" and before)
    if missed or (before and request.headers.get("if-none-match") == "*"):
        raise ArmError(
            412,
            "PreconditionFailed",
            "The condition specified using HTTP conditional header(s) is not met.",
        )


def _merge(kept: Any, sent: Any) -> Any:
    if not (isinstance(kept, dict) and isinstance(sent, dict)):
        return sent
    merged = {**kept}
    for key, value in sent.items():
        merged[key] = _merge(kept.get(key), value)
    return {key: value for key, value in merged.items() if value is not None}


def _outermost(target: Target) -> Target:
    while target.parent is not None:
        target = target.parent
    return target


def _bad_content(why: str) -> ArmError:
    return ArmError(
        400,
        "InvalidRequestContent",
        f"The request content was invalid and could not be deserialized: '{why}'.",
    )
