"""One resource as a rule sees it: Azure's own JSON, read one path at a time and never copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

ACCOUNT: Final = "Microsoft.CognitiveServices/accounts"
DEPLOYMENT: Final = "Microsoft.CognitiveServices/accounts/deployments"
RESOURCE_GROUP: Final = "Microsoft.Resources/resourceGroups"

PURGE_ON_DESTROY: Final = "purge-on-destroy"
"""The tag of an account that `ftops destroy` does not leave to Azure's soft delete."""

_ABSENT: Final = object()


class NotKnownError(Exception):
    """A rule asked for something that nobody knows yet; `what` names it for a person."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class _Unknown:
    """The type of UNKNOWN: a value that Azure will give only when the resource exists."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise NotKnownError("a value that was not read with at()")


UNKNOWN: Final = _Unknown()
"""Stands in a body where a value is not known before `up`."""


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One thing to judge, in the shape of ARM.

    `type` is the ARM type (`Microsoft.CognitiveServices/accounts`), `name` its last name. What no
    ARM knows has a type of ours and its own shape: `rule.JOB` and `rule.TRAINING_FILE` tell it.
    `body` is the request body as ARM knows it (`location`, `tags`, `sku`, `kind`, `properties`);
    it may be lazy, so it is kept as it came. UNKNOWN stands for a value not known yet.
    `parent` is the account of a deployment. `file` (relative to the project) and `line` (from 1)
    say where a person declared it. `id` is the ARM id and `urn` Pulumi's name, where there is one.
    `protect` is whether anything keeps it from being deleted: Pulumi's option of that name, or a
    lock; None is not known. `exists` is True for what was read from Azure, and `declared` then
    tells whether a stack file declares it; None is not known.
    """

    type: str
    name: str
    body: Mapping[str, Any] = field(repr=False)
    id: str = ""
    urn: str = ""
    parent: Resource | None = field(default=None, repr=False)
    file: str | None = None
    line: int | None = None
    protect: bool | None = None
    exists: bool = False
    declared: bool | None = None

    @property
    def label(self) -> str:
        """The resource's name below its parents', such as `account/deployment`."""
        return f"{self.parent.label}/{self.name}" if self.parent else self.name

    def at(self, path: str | Sequence[str], default: Any = None) -> Any:
        """The value at a path such as `properties.model.name`; a digit is a place in a list.

        Null and absent both give `default`. A whole number is an int, however it travelled.
        Raises NotKnownError when the value, or anything on the way to it, is not known yet.
        A path in parts, such as `("tags", "a.b")`, is for keys that hold a dot.
        """
        steps = path.split(".") if isinstance(path, str) else path
        value: Any = self.body
        for step in steps:
            value = _step(value, step)
            if value is UNKNOWN:
                raise NotKnownError(".".join(steps))
        if value is _ABSENT or value is None:
            return default
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def text(self, path: str | Sequence[str]) -> str | None:
        """The text at a path; None when there is none, or something else."""
        value = self.at(path)
        return value if isinstance(value, str) and value.strip() else None

    def count(self, path: str | Sequence[str]) -> int:
        """How many entries the list or mapping at a path has; 0 when there is none."""
        value = self.at(path)
        return len(value) if isinstance(value, Mapping) or _is_list(value) else 0

    def tag(self, name: str) -> str | None:
        """The text of a tag, None when it is not set or empty."""
        return self.text(("tags", name))

    def is_a(self, arm_type: str) -> bool:
        """Whether the resource is of an ARM type; Azure compares types without case."""
        return self.type.casefold() == arm_type.casefold()


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        # Not `in`: on Pulumi's lazy mapping that raises for a value that is not known.
        try:
            return value[step]
        except KeyError:
            return _ABSENT
    if _is_list(value) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return _ABSENT


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
