"""A built-in role: the name people say and the id that an assignment needs."""

from __future__ import annotations

from dataclasses import dataclass

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class Role:
    """One built-in role definition; `id` is its GUID, the same in every tenant."""

    name: str
    id: str
    origin: Origin


def parse_role(row: Row) -> Role:
    role = Role(row.required("name", str), row.required("id", str), parse_origin(row))
    row.close()
    return role
