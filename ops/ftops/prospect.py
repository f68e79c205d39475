"""One resource of a preview: what a reviewer wants to know of it, and where it is declared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftops_policies.resource import NotKnownError, Resource

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
DECLARED = "declared"
"""The action of a resource that was compared with nothing: neither a state nor Azure was asked."""


@dataclass(frozen=True)
class Prospect:
    """A resource and what would happen to it.

    `name` is the label below its parents, or the program's own where Azure wants a UUID. What a
    resource does not have, or what nobody knows before it exists, is None. `capacity` is in units
    of the SKU, `line` counts from 1.
    """

    action: str
    type: str
    name: str
    id: str
    region: str | None
    model: str | None
    sku: str | None
    capacity: int | None
    file: str | None
    line: int | None


def prospects(resources: Sequence[Resource], actions: Mapping[str, str]) -> list[Prospect]:
    """What the program declares, each with its action by ARM id (without case)."""
    return [prospect(each, actions.get(each.id.casefold(), DECLARED)) for each in resources]


def prospect(resource: Resource, action: str) -> Prospect:
    """One resource as a preview shows it."""
    capacity = known(resource, "sku.capacity")
    return Prospect(
        action=action,
        type=resource.type,
        name=title(resource),
        id=resource.id,
        region=region(resource),
        model=model(resource),
        sku=sku(resource),
        capacity=capacity if isinstance(capacity, int) else None,
        file=resource.file,
        line=resource.line,
    )


def title(resource: Resource) -> str:
    """Its label; a role assignment's is a UUID, so there the program's own name stands in."""
    if UUID.fullmatch(resource.name) and resource.urn:
        return resource.urn.rsplit("::", 1)[-1]
    return resource.label


def known(resource: Resource, path: str) -> Any:
    """The value at a path; None where there is none, or where only Azure will know it."""
    try:
        return resource.at(path)
    except NotKnownError:
        return None


def region(resource: Resource) -> str | None:
    """Its own location, or that of what holds it."""
    found = known(resource, "location")
    if isinstance(found, str):
        return found
    return region(resource.parent) if resource.parent else None


def sku(resource: Resource) -> str | None:
    """The SKU's name; some types write it without its object."""
    found = known(resource, "sku.name") or known(resource, "sku")
    return found if isinstance(found, str) else None


def model(resource: Resource) -> str | None:
    """Model and version, such as `gpt-4.1-mini 2025-04-14`."""
    parts = [known(resource, f"properties.model.{part}") for part in ("name", "version")]
    return " ".join(part for part in parts if isinstance(part, str)) or None
