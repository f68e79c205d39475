"""What a deployment serves: a model of the catalog, as the base or tuned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ftops_catalog import Catalog
from ftops_catalog.model import Model
from ftops_policies.resource import Resource

EXPIRES_AT = "expires-at"
"""The tag that ends a tuned deployment's life: an RFC 3339 instant."""


def parse_end(written: str) -> datetime | None:
    """The instant that the tag EXPIRES_AT says; None where it says none, or no time zone."""
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


TUNED: Final = ".ft-"
CHECKPOINT: Final = "ftchkpt-"


@dataclass(frozen=True, slots=True)
class Served:
    """A model by the name that the deployment writes; `model` is None where no catalog row is."""

    name: str
    tuned: bool
    model: Model | None


def is_tuned(deployment: Resource) -> bool:
    """Whether a deployment serves a tuned model or a checkpoint: their names tell."""
    name = (deployment.text("properties.model.name") or "").casefold()
    return TUNED in name or name.startswith(CHECKPOINT)


def served_by(deployment: Resource, catalog: Catalog) -> Served | None:
    """What a deployment serves; None when it names no model at all."""
    name = deployment.text("properties.model.name")
    if name is None:
        return None
    if not is_tuned(deployment):
        version = deployment.text("properties.model.version")
        return Served(name, tuned=False, model=catalog.find_model(name, version))
    # More generous than the data plane's own pattern: a tuned model with an odd id is still tuned.
    # What a checkpoint was tuned from, its id does not tell.
    root = name[: name.casefold().find(TUNED)] if TUNED in name.casefold() else ""
    return Served(name, tuned=True, model=catalog.find_model(root) if root else None)
