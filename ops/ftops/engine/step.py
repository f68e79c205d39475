"""What `up` does, or would do, with one resource; and what all of it came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ftops_catalog.arm_id import label

Action = Literal["created", "updated", "replaced", "deleted", "unchanged", "undeclared"]


@dataclass(frozen=True)
class Step:
    """One resource and what happens to it; `id` is ARM's.

    `undeclared` is there, in the environment's resource group, and no stack file speaks of it:
    it is named and left alone. Only the Pulumi CLI, which keeps a state, replaces and deletes.
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


Approve = Callable[[Sequence[Step]], None]
"""Shows what would happen and asks; raises where the answer is no."""
