"""Training files of an account: uploaded once per content, and waited for."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ftops.azure.session import refusals
from ftops_catalog.errors import CloudRefused, NotReady

if TYPE_CHECKING:
    from openai import OpenAI

READY = "processed"
BROKEN = frozenset({"error", "deleted", "deleting", "canceled", "failed"})
WAIT_SECONDS_MAX = 1800
NAME_CHARACTERS_MAX = 40


@dataclass(frozen=True)
class Content:
    """A file by its bytes: `name` carries their sha256, so that a list of names tells them."""

    path: Path
    sha256: str
    size: int

    @property
    def name(self) -> str:
        return f"{self.path.stem[:NAME_CHARACTERS_MAX]}-{self.sha256[:16]}.jsonl"


def read_content(path: Path) -> Content:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Content(path, digest, stream.tell())


def find_file(client: OpenAI, content: Content) -> str:
    """The id under which the same bytes are uploaded already, "" where they are not."""
    mark = f"-{content.sha256[:16]}.jsonl"
    with refusals("listing the uploaded files"):
        for file in client.files.list(purpose="fine-tune"):
            same = file.filename.endswith(mark) and file.bytes == content.size
            if same and file.status not in BROKEN:
                return file.id
    return ""


def upload_file(client: OpenAI, content: Content) -> str:
    """Uploads the bytes and returns their id; they are not processed yet."""
    with refusals(f"uploading {content.path.name}"), content.path.open("rb") as stream:
        sent = (content.name, stream, "application/jsonl")
        return client.files.create(file=sent, purpose="fine-tune").id


def await_file(client: OpenAI, file_id: str, pause_seconds: float) -> None:
    """Returns once the file is processed.

    Raises CloudRefused where Azure finds fault with it, NotReady after half an hour.
    """
    until = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < until:
        with refusals(f"asking for {file_id}"):
            file = client.files.retrieve(file_id)
        if file.status == READY:
            return
        if file.status in BROKEN:
            details = getattr(file, "status_details", None) or f"its status is {file.status}"
            raise CloudRefused(f"Azure did not accept {file.filename}: {details}")
        time.sleep(pause_seconds)
    hint = "run it again: what is uploaded is not uploaded twice"
    raise NotReady(f"{file_id} is still being processed", hint)
