"""The ledger: an append-only file of what ftops did to deployments and jobs, and meant to do."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from ftops.answer import rfc3339
from ftops.instant import parse_instant
from ftops_catalog.errors import BadConfig, Conflict, NotReady

VERSION = 1

Kind = Literal[
    "deployed",  # a deployment was made; body as Azure answered it
    "deleting",  # it is about to be deleted; body is what restore will send
    "deleted",
    "kept",  # the intent to delete was given up
    "failed",  # Azure refused
    "restoring",
    "restored",
    "submitted",  # a fine-tuning job was sent; body as the data plane answered it
    "trained",  # a fine-tuning job ended; body with trained_tokens
]


@dataclass(frozen=True)
class Entry:
    """One line. `subject` is the ARM id of a deployment, or `<account id>/jobs/<job id>`.

    `body` is Azure's own JSON of the subject, kept whole, where the kind has one.
    """

    kind: Kind
    at: datetime
    subject: str
    body: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def key(self) -> str:
        """What two entries on the same thing share: Azure's ids ignore letter case."""
        return self.subject.casefold()


@dataclass(frozen=True)
class Pages:
    """What was read: the entries, oldest first, and the lines that could not be read."""

    entries: tuple[Entry, ...] = ()
    torn: tuple[int, ...] = ()

    def latest(self) -> dict[str, Entry]:
        """The last entry on each subject."""
        return {entry.key: entry for entry in self.entries}

    def notes(self, path: Path) -> list[str]:
        """One sentence on lines that a crash or a hand has broken."""
        if not self.torn:
            return []
        lines = ", ".join(str(line) for line in self.torn)
        return [f"{path}: line {lines} is torn and was passed over; the rest of the ledger holds."]


@dataclass(frozen=True)
class Ledger:
    """The file at `path`, of which only one subscription's entries are read and written."""

    path: Path
    subscription_id: str

    def append(self, entry: Entry) -> None:
        """Writes one line and returns once the disk has it.

        Raises NotReady where the file cannot be written: what is not journaled is not done.
        """
        assert self._own(entry), f"{entry.subject} is of another subscription"
        line = json.dumps(_record(entry), ensure_ascii=False, separators=(",", ":"))
        try:
            self._write(line.encode() + b"\n")
        except OSError as error:
            raise NotReady(
                f"the ledger {self.path} cannot be written: {error.strerror}",
                "make it writable, or name another: --ledger PATH",
            ) from error

    def read(self) -> Pages:
        """Every entry of this subscription; an absent file is an empty ledger.

        Raises BadConfig where a newer ftops wrote it: guessing at its lines could delete.
        """
        try:
            text = self.path.read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return Pages()
        except OSError as error:
            raise BadConfig(f"the ledger {self.path} cannot be read: {error.strerror}") from error
        entries: list[Entry] = []
        torn: list[int] = []
        for number, line in enumerate(text.split("\n"), start=1):
            entry = parse_entry(line, f"{self.path}, line {number}") if line.strip() else None
            if entry is not None:
                entries.append(entry)
            elif line.strip():
                torn.append(number)
        return Pages(tuple(entry for entry in entries if self._own(entry)), tuple(torn))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Only one writer acts at a time; raises Conflict where another one is at it."""
        lock = self.path.with_name(f"{self.path.name}.lock")
        self._make_folder()
        with lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(
                    f"another ftops is deleting or restoring with the ledger {self.path}",
                    "wait for it to end, then run this again",
                ) from None
            yield

    def _own(self, entry: Entry) -> bool:
        return entry.key.startswith(f"/subscriptions/{self.subscription_id}/".casefold())

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotReady(
                f"the ledger's folder {self.path.parent} cannot be made: {error.strerror}",
                "name another ledger: --ledger PATH",
            ) from error

    def _write(self, line: bytes) -> None:
        self._make_folder()
        fresh = not self.path.exists()
        with self.path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # A line torn by a crash must not swallow this one.
            file.write(line if _ends_whole(file.fileno()) else b"\n" + line)
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            _sync_folder(self.path.parent)


def parse_entry(line: str, where: str) -> Entry | None:
    """One line's entry; None for a torn line. Raises BadConfig for a version not known here."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    if record.get("version") != VERSION:
        raise BadConfig(f"{where}: version {record.get('version')!r} is not known", "upgrade ftops")
    at = parse_instant(record.get("at"))
    subject, body = record.get("subject"), record.get("body", {})
    if record.get("kind") not in get_args(Kind) or at is None:
        return None
    if not isinstance(subject, str) or not isinstance(body, dict):
        return None
    return Entry(record["kind"], at, subject, body, str(record.get("reason", "")))


def _record(entry: Entry) -> dict[str, Any]:
    return {
        "version": VERSION,
        "kind": entry.kind,
        "at": rfc3339(entry.at),
        "subject": entry.subject,
        "body": dict(entry.body),
        "reason": entry.reason,
    }


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
