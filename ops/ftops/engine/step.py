"""What `up` does, or would do, with one resource; and what all of it came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ftops_catalog.arm_id import label

Action = Literal[
    "created",
    "updated",
    "replaced",
    "deleted",
    "unchanged",
    "undeclared",
    "retained",
    "restored",
    "purged",
]


WOULD: Mapping[str, str] = {
    "created": "create",
    "updated": "update",
    "replaced": "replace",
    "deleted": "delete",
    "restored": "restore",
    "purged": "purge",
}
"""What is said of an action before it has happened."""


@dataclass(frozen=True)
class Step:
    """One resource and what happens to it; `id` is ARM's.

    `undeclared` is there, in the environment's resource group, and no stack file speaks of it:
    it is named and left alone. `retained` is what a destroy leaves where it is.
    `restored` and `purged` are what becomes of a soft-deleted account.
    Only the Pulumi CLI, which keeps a state, replaces.
    """

    type: str
    name: str
    id: str
    action: Action

    @property
    def label(self) -> str:
        """The name below its parents', such as `account/deployment`."""
        return label(self.id) or self.name


@dataclass(frozen=True)
class Raised:
    """An environment that is up: a step per resource and the program's outputs."""

    steps: Sequence[Step]
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a person asked of `up`: a reviewed plan, a way out for soft-deleted accounts."""

    plan: Path | None = None
    deleted: Literal["restore", "purge"] | None = None


Approve = Callable[[Sequence[Step]], None]
"""Shows what would happen and asks; raises where the answer is no."""
