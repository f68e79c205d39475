"""One run on a subscription: its name, where that is written down, and what may be deleted."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tests.azure.target import TAG

STEM: Final = "ftopstest"
Json = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A run that makes everything in groups with its name in their tag."""

    subscription_id: str
    location: str
    name: str

    @classmethod
    def new(cls, subscription_id: str, location: str) -> Run:
        return cls(subscription_id, location, f"{STEM}{uuid.uuid4().hex[:12]}")

    def begin(self, folder: Path) -> None:
        """Writes the name down before anything is made: a `kill -9` then loses nothing."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    def end(self, folder: Path) -> None:
        """Forgets a run of which nothing is left."""
        (folder / f"{self.name}.json").unlink(missing_ok=True)


def unfinished(folder: Path, subscription_id: str) -> Iterator[Run]:
    """Earlier runs in this subscription of which something may be left."""
    for path in sorted(folder.glob(f"{STEM}*.json")):
        run = Run(**json.loads(path.read_text(encoding="utf-8")))
        if run.subscription_id == subscription_id:
            yield run


def mine(groups: Iterable[Json], run: Run) -> list[str]:
    """The names of those groups that this run made: by its tag, whatever they are called."""
    return [one["name"] for one in groups if (one.get("tags") or {}).get(TAG) == run.name]


def buried(accounts: Iterable[Json], run: Run, groups: Iterable[str]) -> list[str]:
    """The ids of those deleted accounts that lay in the run's groups."""
    names = {run.name.casefold(), *(name.casefold() for name in groups)}
    return [one["id"] for one in accounts if _group(one["id"]) in names]


def _group(identity: str) -> str:
    parts = identity.casefold().split("/")
    return parts[parts.index("resourcegroups") + 1] if "resourcegroups" in parts else ""
