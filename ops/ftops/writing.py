"""Writing a file as a whole: a reader sees the old text or the new one, never half of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from ftops_catalog.errors import Conflict, NotReady


def write_whole(path: Path, text: str, expected: str | None = None) -> None:
    """Replaces a text; with `expected`, only while that is what the file holds.

    Raises Conflict where it holds something else by then, NotReady where it cannot be written.
    """
    try:
        changed = expected is not None and path.read_bytes() != expected.encode()
    except OSError as error:
        raise _unwritten(path, error) from error
    if changed:
        raise Conflict(f"{path} has just been changed", "run the same command again")
    replace_whole(path, text.encode())


def replace_whole(path: Path, content: bytes, *, make_folder: bool = False) -> None:
    """Replaces a file, its rights kept; NotReady where it cannot be written."""
    draft: Path | None = None
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        draft.chmod(0o644)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise _unwritten(path, error) from error


def _unwritten(path: Path, error: OSError) -> NotReady:
    return NotReady(f"{path} cannot be written: {error.strerror}", "mend its rights")
