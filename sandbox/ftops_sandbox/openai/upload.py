"""Uploads as they are stored: a document of each, and its bytes."""

from __future__ import annotations

from ftops_sandbox.store import Document
from ftops_sandbox.world import World

KIND = "file"


def key_of(account_id: str, file_id: str) -> str:
    return f"{account_id}/files/{file_id}"


def read_file(world: World, account_id: str, file_id: str) -> Document | None:
    return world.store.get(KIND, key_of(account_id, file_id))


def content_of(world: World, file_id: str) -> bytes:
    """The bytes of an upload; a job may still need them when the file itself is deleted."""
    return world.store.get_blob(f"file/{file_id}") or b""
