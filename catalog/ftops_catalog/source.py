"""Where a row comes from: the public page or package, its version and its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ftops_catalog.row import Row

STATUSES = ("sourced", "observed", "derived", "unverified", "superseded")
"""sourced: a publisher's page, package or price row; observed: read off a running service by
someone else, or secondary evidence; derived: arithmetic on sourced numbers; unverified: written
down, never confirmed; superseded: was true once."""


@dataclass(frozen=True)
class Source:
    """One key of the catalog's sources; `as_of` is None where the page carries no day."""

    key: str
    title: str
    version: str
    as_of: date | None


@dataclass(frozen=True)
class Origin:
    """What every row carries: how well it is known, by which sources, on which day.

    `as_of` is the newest day among the sources; the day of collection where none carries a day.
    """

    status: str
    sources: tuple[str, ...]
    as_of: date

    @property
    def source(self) -> str:
        return ", ".join(self.sources)


def parse_source(row: Row) -> Source:
    source = Source(
        key=row.required("key", str),
        title=row.required("title", str),
        version=row.required("version", str),
        as_of=row.day_or_none("as_of"),
    )
    row.close()
    return source


def parse_origin(row: Row) -> Origin:
    """The three keys that every row of the catalog ends with."""
    sources = row.texts("sources")
    if not sources:
        raise row.wrong("sources is empty")
    return Origin(row.word("status", STATUSES), sources, row.day("as_of"))
