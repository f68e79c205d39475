"""All state in one SQLite file: documents by key, events by time, blobs by name."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ftops_sandbox.document import Document, Event, Share
from ftops_sandbox.moment import iso, parse_moment
from ftops_sandbox.schema import SCHEMA

__all__ = ["Document", "Documents", "Event", "Events", "Names", "Share", "Sizes", "Store"]

_COLUMNS = "kind, key, parent, body, created"
# Sorts after every character that an id may hold, so that `p/` <= x < `p/~` is "below p".
_LAST = "\U0010ffff"


# Named here because a method of the store is itself called `list`.
Documents = list[Document]
Events = list[Event]
Names = list[str]
Sizes = list[tuple[str, int]]
_Rows = list[tuple[Any, ...]]


class Store:
    """Thread-safe; every call is a transaction of its own unless inside `transaction()`.

    Keys, parents and subjects compare without regard to letter case, as ARM ids do.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        # A killed process loses nothing at NORMAL; only a power cut could, and this is a laptop's.
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; may be nested, the outermost one commits."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._db.execute("begin immediate")
            self._depth += 1
            done = False
            try:
                yield
                done = True
            finally:
                self._depth -= 1
                if outermost:
                    self._end(commit=done)

    def _end(self, *, commit: bool) -> None:
        """A full disk fails here, or has ended the transaction by itself: nothing of it stays."""
        try:
            if commit:
                self._db.execute("commit")
        finally:
            if self._db.in_transaction:
                self._db.execute("rollback")

    def put(
        self,
        kind: str,
        key: str,
        body: Mapping[str, Any],
        *,
        created: datetime,
        parent: str = "",
        share: Share | None = None,
    ) -> Document:
        """Writes or replaces; the first key's letter case is what `get` gives back."""
        share = share or Share()
        text, since = _dump(body), iso(created)
        row = (kind, key.casefold(), key, parent.casefold(), text, since)
        with self._lock:
            self._db.execute(
                "insert into documents values (?, ?, ?, ?, ?, ?, ?, ?)"
                " on conflict (kind, folded) do update set parent = excluded.parent,"
                " body = excluded.body, created = excluded.created,"
                " pool = excluded.pool, amount = excluded.amount",
                (*row, share.pool.casefold(), share.amount),
            )
        return Document(kind, key, parent.casefold(), text, since)

    def get(self, kind: str, key: str) -> Document | None:
        """The document, or None."""
        query = f"select {_COLUMNS} from documents where kind = ? and folded = ?"  # noqa: S608 -- constants
        rows = self._rows(query, (kind, key.casefold()))
        return Document(*rows[0]) if rows else None

    def list(self, kind: str, parent: str | None = None, *, below: bool = False) -> Documents:
        """All of a kind, or those of one parent, or (below) of everything under that parent too.

        Ordered by key.
        """
        source, where, values = "documents", "kind = ?", [kind]
        if parent is not None:
            # Left alone, SQLite walks through the whole kind to save itself the sorting.
            source, folded = "documents indexed by documents_parent", parent.casefold()
            where += " and parent >= ? and parent < ? and (parent = ? or parent >= ?)"
            under = folded + "/"
            values += [folded, under + _LAST if below else folded + "\0", folded, under]
        query = f"select {_COLUMNS} from {source} where {where} order by folded"  # noqa: S608 -- constants
        return [Document(*row) for row in self._rows(query, values)]

    def page(
        self, kind: str, above: str, after: str, count: int, *, below: bool = True
    ) -> Documents:
        """At most `count` of a kind that lie under `above` and come after the key `after`, by key.

        No other row is read; without `below` only what has it as parent.
        """
        under = above.casefold() + "/"
        source, where = "documents", "kind = ?"
        values: list[Any] = [kind]
        if not below:
            source, where = "documents indexed by documents_parent", "kind = ? and parent = ?"
            values.append(above.casefold())
        query = f"select {_COLUMNS} from {source} where {where} and folded > ? and folded < ?"  # noqa: S608 -- constants
        values += [max(under, after.casefold()), under + _LAST, count]
        return [Document(*row) for row in self._rows(f"{query} order by folded limit ?", values)]

    def count(self, kind: str) -> int:
        """How many there are of a kind."""
        rows = self._rows("select count(*) from documents where kind = ?", (kind,))
        return int(rows[0][0])

    def kinds(self) -> Names:
        """Every kind there is a document of, in order."""
        return [
            str(row[0]) for row in self._rows("select distinct kind from documents order by 1", ())
        ]

    def blobs(self) -> Sizes:
        """Every blob's key and size in bytes, in order."""
        rows = self._rows("select key, length(bytes) from blobs order by key", ())
        return [(str(key), int(size)) for key, size in rows]

    def delete(self, kind: str, key: str) -> bool:
        """True when there was something to delete."""
        with self._lock:
            cursor = self._db.execute(
                "delete from documents where kind = ? and folded = ?", (kind, key.casefold())
            )
            return cursor.rowcount > 0

    def delete_below(self, parent: str) -> int:
        """Deletes every document whose parent is this one or lies under it, of whatever kind."""
        folded = parent.casefold()
        with self._lock:
            cursor = self._db.execute(
                "delete from documents where parent = ? or (parent >= ? and parent < ?)",
                (folded, folded + "/", folded + "/" + _LAST),
            )
            return cursor.rowcount

    def total(self, kind: str, pool: str) -> float:
        """The sum of the shares that documents of this kind take from a pool."""
        rows = self._rows(
            "select coalesce(sum(amount), 0) from documents where kind = ? and pool = ?",
            (kind, pool.casefold()),
        )
        return float(rows[0][0])

    def share(self, kind: str, key: str) -> Share:
        """What a document takes from a pool now."""
        rows = self._rows(
            "select pool, amount from documents where kind = ? and folded = ?",
            (kind, key.casefold()),
        )
        return Share(*rows[0]) if rows else Share()

    def least(self, kind: str, most: float) -> Document | None:
        """The document of a kind with the smallest share of no pool, if that is `most` or less."""
        query = f"select {_COLUMNS} from documents where kind = ? and pool = '' and amount <= ?"  # noqa: S608 -- constants
        rows = self._rows(f"{query} order by amount limit 1", (kind, most))
        return Document(*rows[0]) if rows else None

    def append(self, kind: str, subject: str, body: Mapping[str, Any], *, time: datetime) -> int:
        """Adds an event and answers its seq; a time to come is seen from then on."""
        with self._lock:
            cursor = self._db.execute(
                "insert into events (time, kind, subject, body) values (?, ?, ?, ?)",
                (iso(time), kind, subject.casefold(), _dump(body)),
            )
            return int(cursor.lastrowid or 0)

    def select(
        self,
        kind: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Events:
        """Events oldest first, `since` <= time < `until`; `subject` takes in what lies under it."""
        where, values = ["1 = 1"], []
        # The plus keeps SQLite from walking through all that happened to all of a kind.
        for clause, value in (
            ("+kind = ?" if subject is not None else "kind = ?", kind),
            ("time >= ?", iso(since) if since else None),
            ("time < ?", iso(until) if until else None),
        ):
            if value is not None:
                where.append(clause)
                values.append(value)
        if subject is not None:
            folded = subject.casefold()
            where.append("(subject = ? or (subject >= ? and subject < ?))")
            values += [folded, folded + "/", folded + "/" + _LAST]
        query = "select seq, time, kind, subject, body from events where "
        return self._events(query + " and ".join(where) + " order by time, seq", values)

    def last(self, kind: str, subject: str, until: datetime) -> datetime | None:
        """When the newest event of a kind about just this subject was, before `until`."""
        query = "select time from events where subject = ? and +kind = ? and time < ?"
        values = (subject.casefold(), kind, iso(until))
        rows = self._rows(f"{query} order by time desc limit 1", values)
        return parse_moment(rows[0][0]) if rows else None

    def recent(
        self, kind: str, since: datetime, before: tuple[datetime, int], count: int
    ) -> Events:
        """At most `count` events of a kind, newest first, from `before` (time and seq) down."""
        time = iso(before[0])
        return self._events(
            "select seq, time, kind, subject, body from events"
            " where kind = ? and time >= ? and time <= ? and (time < ? or seq < ?)"
            " order by time desc, seq desc limit ?",
            (kind, iso(since), time, time, before[1], count),
        )

    def put_blob(self, key: str, data: bytes) -> None:
        """Writes or replaces the bytes under a key."""
        with self._lock:
            self._db.execute("insert or replace into blobs values (?, ?)", (key, data))

    def get_blob(self, key: str) -> bytes | None:
        """The bytes, or None."""
        rows = self._rows("select bytes from blobs where key = ?", (key,))
        return bytes(rows[0][0]) if rows else None

    def delete_blob(self, key: str) -> bool:
        """True when there was something to delete."""
        with self._lock:
            return self._db.execute("delete from blobs where key = ?", (key,)).rowcount > 0

    def reset(self) -> None:
        """Forgets everything but the documents of kind `sandbox.…`: the clock and the token key."""
        with self.transaction():
            self._db.execute("delete from documents where kind not like 'sandbox.%'")
            self._db.execute("delete from events")
            self._db.execute("delete from blobs")

    def copy(self) -> Store:
        """All of it as it is now, in memory and on its own from here on."""
        twin = Store(":memory:")
        with self._lock:
            self._db.backup(twin._db)
        return twin

    def close(self) -> None:
        """Writes what is left and lets go of the file."""
        with self._lock:
            self._db.close()

    def _events(self, query: str, values: Any) -> Events:
        rows = self._rows(query, values)
        return [Event(r[0], parse_moment(r[1]), r[2], r[3], json.loads(r[4])) for r in rows]

    def _rows(self, query: str, values: Any) -> _Rows:
        with self._lock:
            return self._db.execute(query, values).fetchall()


def _dump(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
