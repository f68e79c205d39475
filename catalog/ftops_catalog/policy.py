"""A built-in Azure Policy definition for Cognitive Services."""

from __future__ import annotations

from dataclasses import dataclass

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class Policy:
    """One definition by its GUID; `default` is the effect where an assignment names none."""

    id: str
    display_name: str
    version: str
    effects: tuple[str, ...]
    default: str
    mode: str
    origin: Origin


def parse_policy(row: Row) -> Policy:
    effects = row.texts("effects")
    policy = Policy(
        id=row.required("id", str),
        display_name=row.required("display_name", str),
        version=row.required("version", str),
        effects=effects,
        default=row.word("default", effects),
        mode=row.required("mode", str),
        origin=parse_origin(row),
    )
    row.close()
    return policy
