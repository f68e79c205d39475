"""Files: uploads of an account, and the result files that its jobs write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.openai import result_file
from ftops_sandbox.openai.trainable import limits
from ftops_sandbox.openai.upload import KIND, content_of, key_of, read_file
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
from ftops_sandbox.world import World

PROCESSING = timedelta(seconds=2)
_PAGE_MAX = 10_000
PURPOSES = ("fine-tune", "batch", "assistants", "user_data", "evals", "vision")


def show(world: World, file: Document) -> dict[str, Any]:
    """The file as the service answers it; what it is at `now` follows from when it came."""
    pending = world.now() < file.created + PROCESSING
    problem = file.body.get("problem")
    status = "pending" if pending else "error" if problem else "processed"
    shown = {
        "object": "file",
        "id": file.body["id"],
        "bytes": file.body["bytes"],
        "created_at": seconds(file.created),
        "filename": file.body["filename"],
        "purpose": file.body["purpose"],
        "status": status,
    }
    return {**shown, "status_details": problem} if status == "error" else shown


async def upload(request: Request) -> Response:
    """Multipart with the fields `purpose` and `file`."""
    account_of(request)
    if "multipart/form-data" not in request.headers.get("content-type", ""):
        raise bad_request("The request must be multipart/form-data with 'purpose' and 'file'.")
    async with request.form() as form:
        sent, purpose = form.get("file"), form.get("purpose")
        if not isinstance(sent, UploadFile):
            raise bad_request("The form field 'file' is missing.")
        data = await sent.read()
        name = sent.filename or "file"
    return await run_in_threadpool(_upload, request, str(purpose or ""), name, data)


def import_file(request: Request, body: dict[str, Any]) -> Response:
    """201 with a pending file, which ends in error: the sandbox reaches no other host."""
    given = [body.get(name) for name in ("purpose", "filename", "content_url")]
    for name, value in zip(("purpose", "filename", "content_url"), given, strict=True):
        if not isinstance(value, str) or not value:
            raise bad_request(f"The property '{name}' is missing.")
    purpose, filename, where = map(str, given)
    check_purpose(purpose)
    if not _is_url(where):
        raise bad_request(f"The property 'content_url' is no http or https URL: '{where}'.")
    problem = f"Import of file failed: '{where}' cannot be read; the sandbox reaches no other host."
    kept = {"bytes": None, "filename": filename, "purpose": purpose, "problem": problem}
    return _kept(request, kept, b"")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _upload(request: Request, purpose: str, name: str, data: bytes) -> Response:
    check_purpose(purpose)
    if not data:
        raise bad_request("The file is empty.")
    return _kept(request, described({"filename": name, "purpose": purpose}, data), data)


def described(wanted: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """A file's body: what was asked for, and what is wrong with the data, if all of it is."""
    body = {"bytes": len(data), "filename": wanted["filename"], "purpose": wanted["purpose"]}
    problem = _problem(wanted["purpose"], data)
    return {**body, "problem": problem} if problem else body


def keep(world: World, account: Document, body: dict[str, Any], data: bytes) -> Document:
    """Stores a file; 400 where the resource has no room for it."""
    identity = new_id("file")
    with world.store.transaction():
        _check_room(world, account, len(data))
        world.store.put_blob(f"file/{identity}", data)
        key, kept = key_of(account.key, identity), {"id": identity, **body}
        return world.store.put(KIND, key, kept, created=world.now(), parent=account.key)


def _kept(request: Request, body: dict[str, Any], data: bytes) -> Response:
    world = world_of(request)
    file = keep(world, account_of(request), body, data)
    where = f"{base_url_of(request)}/openai/files/{file.body['id']}"
    return JSONResponse(show(world, file), 201, {"location": where})


def check_purpose(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise bad_request(f"'{purpose}' is not one of the purposes {', '.join(PURPOSES)}.")


def _check_room(world: World, account: Document, size: int) -> None:
    most = limits()
    if size > most["file_bytes"]:
        raise bad_request("The file is larger than the 512 MB that may be uploaded.")
    kept = world.store.list(KIND, account.key)
    if len(kept) >= most["files"]:
        raise OpenAIError(400, "quotaExceeded", f"This resource holds {most['files']} files.")
    if sum(file.body["bytes"] or 0 for file in kept) + size > most["files_bytes"]:
        raise OpenAIError(400, "quotaExceeded", "The files of this resource would exceed 1 GB.")


def _problem(purpose: str, data: bytes) -> str | None:
    """Why processing gives up on the whole file: not one line of it is JSON Lines."""
    if purpose != "fine-tune":
        return None
    lines = enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1)
    written = [(number, line) for number, line in lines if line.strip()]
    if any(_is_object(line) for _, line in written):
        return None
    first = written[0][0] if written else 1
    return f"Validation of jsonl file failed: line {first} is not a JSON object, and no other is."


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def list_files(request: Request) -> Response:
    world, account = world_of(request), account_of(request)
    shown = [show(world, file) for file in world.store.list(KIND, account.key)]
    shown += result_file.show_all(world, account.key)
    purpose = request.query_params.get("purpose")
    shown = [file for file in shown if purpose in (None, file["purpose"])]
    newest_first = request.query_params.get("order", "desc") != "asc"
    shown.sort(key=lambda file: (file["created_at"], file["id"]), reverse=newest_first)
    return page(request, shown, _PAGE_MAX, _PAGE_MAX)


def get_file(request: Request) -> Response:
    world, account, identity = world_of(request), account_of(request), request.path_params["id"]
    if file := read_file(world, account.key, identity):
        return JSONResponse(show(world, file))
    if written := result_file.read(world, account.key, identity):
        return JSONResponse(result_file.show(world, written))
    raise not_found("file", identity)


def get_content(request: Request) -> Response:
    world, account, identity = world_of(request), account_of(request), request.path_params["id"]
    if file := read_file(world, account.key, identity):
        return Response(content_of(world, file.body["id"]), media_type="application/octet-stream")
    if written := result_file.read(world, account.key, identity):
        return Response(result_file.content(world, written), media_type="text/csv")
    raise not_found("file", identity)


def delete_file(request: Request) -> Response:
    world, account, identity = world_of(request), account_of(request), request.path_params["id"]
    # The bytes stay: a job that trains on them must come to the same end after a restart.
    with world.store.transaction():
        if not world.store.delete(KIND, key_of(account.key, identity)):
            written = result_file.read(world, account.key, identity)
            if written is None:
                raise not_found("file", identity)
            result_file.delete(world, written)
    return JSONResponse({"object": "file", "deleted": True, "id": identity})


ROUTES = (
    ("/files", upload, ("POST",)),
    ("/files", list_files, ("GET",)),
    ("/files/import", with_body(import_file), ("POST",)),
    ("/files/{id}", get_file, ("GET",)),
    ("/files/{id}", delete_file, ("DELETE",)),
    ("/files/{id}/content", get_content, ("GET",)),
)
