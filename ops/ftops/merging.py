"""A three-way merge of one file, as git makes it; both sides stay where they are."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ERROR = 128
"""Below it, git's exit code counts the conflicts."""


@dataclass(frozen=True)
class Merged:
    """A merge's text; `conflicts` is None where there was nothing to merge with."""

    content: bytes
    conflicts: int | None


def merge(ours: bytes, origin: bytes | None, theirs: bytes, label: str) -> Merged:
    """Their changes since `origin`, made to ours; a conflict has both sides between git's marks.

    Without an origin or without git the answer is theirs as it is. `label` names their side.
    """
    git = shutil.which("git")
    if git is None or origin is None:
        return Merged(theirs, None)
    with TemporaryDirectory(prefix="ftops-") as folder:
        sides = {"ours": ours, "origin": origin, "theirs": theirs}
        for name, content in sides.items():
            (Path(folder) / name).write_bytes(content)
        labels = ["-L", "yours", "-L", "as it was", "-L", label]
        words = [git, "merge-file", "-p", "--diff3", *labels, *sides]
        done = subprocess.run(words, cwd=folder, capture_output=True, check=False)
    if done.returncode >= ERROR or done.returncode < 0:
        return Merged(theirs, None)
    return Merged(done.stdout, done.returncode)
