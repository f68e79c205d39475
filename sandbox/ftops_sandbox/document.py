"""What the store keeps: documents, events, and what a document takes from a pool."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from ftops_sandbox.moment import parse_moment


class Document:
    """One thing that exists: its body is the request's, kept whole.

    `text` and `since` are what the file holds; a listing reads thousands of rows to show a page,
    so each is parsed when it is asked for.
    """

    def __init__(self, kind: str, key: str, parent: str, text: str, since: str) -> None:
        self.kind, self.key, self.parent = kind, key, parent
        self._text, self._since = text, since

    @cached_property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._text)
        return found

    @cached_property
    def created(self) -> datetime:
        return parse_moment(self._since)


@dataclass(frozen=True)
class Event:
    """One thing that happened; `seq` grows, `time` is the sandbox's."""

    seq: int
    time: datetime
    kind: str
    subject: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Share:
    """What a document takes from a counted pool, such as a quota."""

    pool: str = ""
    amount: float = 0.0
