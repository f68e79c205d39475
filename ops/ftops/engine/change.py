"""What changed between two sets of inputs, and between inputs and what ARM has; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ftops_catalog.arm import inputs_from
from ftops_catalog.arm_type import ArmType
from ftops_catalog.region import region_key

Kind = Literal["ADD", "DELETE", "UPDATE"]
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One input that is another one now; `path` is dotted, `replaces` wants the thing anew."""

    path: str
    kind: Kind
    replaces: bool


def changes(record: ArmType, old: Json, new: Json) -> list[Change]:
    """Every input that differs, at the finest path.

    A segment of the path, such as a name, makes another resource; so does what Azure cannot change
    in place. Everything else is updated where it stands.
    """
    anew = {*record.path_inputs, *record.replaces}
    return [
        Change(path, kind, path.partition(".")[0] in anew or path in anew)
        for path, kind in _leaves(record, old, new, "")
    ]


def live_inputs(record: ArmType, old: Json, found: Json) -> dict[str, Any]:
    """The inputs as ARM has them now, in the shape of those that were once given.

    Without old inputs (an import) all that can be written comes back. With them only what was
    given is looked at: ARM's own defaults are no drift. Tags are free, so all of them count.
    """
    live = dict(inputs_from(record, found))
    return _Shaping(record).shaped(old, live, "") if old else live


@dataclass(frozen=True)
class _Shaping:
    record: ArmType

    def shaped(self, old: Json, live: Json, before: str) -> dict[str, Any]:
        found = {
            name: self.value(value, live.get(name), f"{before}{name}")
            for name, value in old.items()
        }
        return {name: value for name, value in found.items() if value is not None}

    def value(self, old: Any, found: Any, path: str) -> Any:
        """What to call the live value; the old one where they mean the same."""
        hidden = path in self.record.unanswered or path.startswith("__")
        if hidden or _equal(self.record, path, old, found):
            return old
        if path != "tags" and isinstance(old, Mapping) and isinstance(found, Mapping):
            return self.shaped(old, found, f"{path}.")
        if isinstance(old, list) and isinstance(found, list) and len(old) == len(found):
            return [self.value(*pair, path) for pair in zip(old, found, strict=True)]
        return found


def _leaves(record: ArmType, old: Json, new: Json, before: str) -> Iterator[tuple[str, Kind]]:
    for name in dict.fromkeys((*old, *new)):
        if name.startswith("__"):
            continue
        path = f"{before}{name}"
        if name not in old:
            yield path, "ADD"
        elif name not in new:
            yield path, "DELETE"
        elif isinstance(old[name], Mapping) and isinstance(new[name], Mapping):
            yield from _leaves(record, old[name], new[name], f"{path}.")
        elif not _equal(record, path, old[name], new[name]):
            yield path, "UPDATE"


def _equal(record: ArmType, path: str, old: Any, new: Any) -> bool:
    """Whether two values mean the same: regions and scopes may be written in more than one way."""
    if isinstance(old, str) and isinstance(new, str):
        if path == "location":
            return region_key(old) == region_key(new)
        if path in record.wide_inputs:
            return old.strip("/").casefold() == new.strip("/").casefold()
    return bool(old == new)
