"""Uploads in parts: begun, filled part by part, and completed into a file, within two hours."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.openai import file as files
from ftops_sandbox.openai.upload import read_file
from ftops_sandbox.openai.wire import (
    account_of,
    bad_request,
    base_url_of,
    new_id,
    not_found,
    seconds,
    with_body,
    world_of,
)
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

KIND = "upload"
LIFETIME = timedelta(hours=2)
_BYTES_MAX = 9 * 1024**3
_TEXTS = ("purpose", "filename", "mime_type")


def show(world: World, upload: Document) -> dict[str, Any]:
    """The upload as the service answers it; its file is there once it is completed."""
    account_id = upload.key.rpartition("/uploads/")[0]
    made = read_file(world, account_id, upload.body.get("file_id", ""))
    return {
        "object": "upload",
        "id": upload.body["id"],
        "bytes": upload.body["bytes"],
        "created_at": seconds(upload.created),
        "filename": upload.body["filename"],
        "purpose": upload.body["purpose"],
        "status": _status(world, upload),
        "expires_at": seconds(upload.created + LIFETIME),
        **({"file": files.show(world, made)} if made else {}),
    }


def _status(world: World, upload: Document) -> str:
    ended: str | None = upload.body.get("ended")
    return ended or ("expired" if world.now() >= upload.created + LIFETIME else "pending")


def start(request: Request, body: dict[str, Any]) -> Response:
    """200 with the pending upload."""
    world, account = world_of(request), account_of(request)
    for name in _TEXTS:
        if not isinstance(body.get(name), str) or not body[name]:
            raise bad_request(f"The property '{name}' is missing.")
    files.check_purpose(body["purpose"])
    size = body.get("bytes")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= _BYTES_MAX:
        raise bad_request("The property 'bytes' must be a whole number from 1 to 9 GB.")
    identity = new_id(body["purpose"])
    kept = {"id": identity, "bytes": size, "parts": {}, **{name: body[name] for name in _TEXTS}}
    key = f"{account.key}/uploads/{identity}"
    upload = world.store.put(KIND, key, kept, created=world.now(), parent=account.key)
    where = f"{base_url_of(request)}/openai/uploads/{identity}"
    return JSONResponse(show(world, upload), headers={"location": where})


async def add_part(request: Request) -> Response:
    """Multipart with the field `data`."""
    account_of(request)
    if "multipart/form-data" not in request.headers.get("content-type", ""):
        raise bad_request("The request must be multipart/form-data with 'data'.")
    async with request.form() as form:
        sent = form.get("data")
        if not isinstance(sent, UploadFile):
            raise bad_request("The form field 'data' is missing.")
        data = await sent.read()
    return await run_in_threadpool(_keep_part, request, data)


def _keep_part(request: Request, data: bytes) -> Response:
    world, identity = world_of(request), new_id("uplprt")
    block = base64.b64encode(bytes.fromhex(identity.partition("-")[2])).decode()
    with world.store.transaction():
        upload = _open(request)
        parts = {**upload.body["parts"], identity: {"block": block, "bytes": len(data)}}
        if sum(part["bytes"] for part in parts.values()) > upload.body["bytes"]:
            raise bad_request(f"The parts exceed the {upload.body['bytes']} bytes of the upload.")
        world.store.put_blob(f"part/{identity}", data)
        _write(world, upload, parts=parts)
    shown = {
        "object": "upload.part",
        "id": identity,
        "created_at": seconds(world.now()),
        "upload_id": upload.body["id"],
        "azure_block_id": block,
    }
    return JSONResponse(shown)


def complete(request: Request, body: dict[str, Any]) -> Response:
    """The parts, in the order that is asked for, become a file."""
    world, account = world_of(request), account_of(request)
    with world.store.transaction():
        upload = _open(request)
        data = b"".join(
            world.store.get_blob(f"part/{part}") or b""
            for part in _named(upload, body.get("part_ids"))
        )
        if len(data) != upload.body["bytes"]:
            raise bad_request(
                f"The parts have {len(data)} bytes, and the upload {upload.body['bytes']}."
            )
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if body.get("md5") not in (None, digest):
            raise bad_request("The MD5 of the parts is not the one that was sent.")
        made = files.keep(world, account, files.described(upload.body, data), data)
        _forget(world, upload)
        upload = _write(world, upload, ended="completed", file_id=made.body["id"])
    return JSONResponse(show(world, upload))


def cancel(request: Request) -> Response:
    world = world_of(request)
    with world.store.transaction():
        upload = _open(request)
        _forget(world, upload)
        upload = _write(world, upload, ended="cancelled")
    return JSONResponse(show(world, upload))


def _open(request: Request) -> Document:
    """The upload that was asked for, while parts may still be added to it."""
    world, account, identity = world_of(request), account_of(request), request.path_params["id"]
    upload = world.store.get(KIND, f"{account.key}/uploads/{identity}")
    if upload is None:
        raise not_found("upload", identity)
    if (status := _status(world, upload)) != "pending":
        raise OpenAIError(400, "unexpectedEntityState", f"The upload '{identity}' is '{status}'.")
    return upload


def _named(upload: Document, given: Any) -> list[str]:
    """Parts by their ids or by their block ids, each once."""
    if not isinstance(given, list) or not given:
        raise bad_request("The property 'part_ids' is missing or is not a list.")
    known = {part["block"]: name for name, part in upload.body["parts"].items()}
    known |= {name: name for name in upload.body["parts"]}
    strange = [part for part in given if not isinstance(part, str) or part not in known]
    if strange or len({known[part] for part in given}) < len(given):
        raise bad_request(f"'part_ids' must name parts of the upload, each once: {given}.")
    return [known[part] for part in given]


def _forget(world: World, upload: Document) -> None:
    for part in upload.body["parts"]:
        world.store.delete_blob(f"part/{part}")


def _write(world: World, upload: Document, **changes: Any) -> Document:
    body = {**upload.body, **changes}
    return world.store.put(KIND, upload.key, body, created=upload.created, parent=upload.parent)


ROUTES = (
    ("/uploads", with_body(start), ("POST",)),
    ("/uploads/{id}/parts", add_part, ("POST",)),
    ("/uploads/{id}/complete", with_body(complete), ("POST",)),
    ("/uploads/{id}/cancel", cancel, ("POST",)),
)
