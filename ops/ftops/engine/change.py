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
        for path, kind in _leaves(old, new, "")
    ]


def live_inputs(record: ArmType, old: Json, found: Json) -> dict[str, Any]:
    """The inputs as ARM has them now, in the shape of those that were once given.

    Without old inputs (an import) all that can be written comes back. With them only what was
    given is looked at: ARM's own defaults are no drift. Tags are free, so all of them count.
    """
    live = dict(inputs_from(record, found))
    return _shaped(old, live, record.write_only) if old else live


def _shaped(old: Json, live: Json, write_only: tuple[str, ...]) -> dict[str, Any]:
    shaped: dict[str, Any] = {}
    for name, value in old.items():
        found = live.get(name)
        if name in write_only or name.startswith("__") or _equal(name, value, found):
            shaped[name] = value
        elif name != "tags" and isinstance(value, Mapping) and isinstance(found, Mapping):
            shaped[name] = _shaped(value, found, write_only)
        elif found is not None:
            shaped[name] = found
    return shaped


def _leaves(old: Json, new: Json, before: str) -> Iterator[tuple[str, Kind]]:
    for name in dict.fromkeys((*old, *new)):
        if name.startswith("__"):
            continue
        path = f"{before}{name}"
        if name not in old:
            yield path, "ADD"
        elif name not in new:
            yield path, "DELETE"
        elif isinstance(old[name], Mapping) and isinstance(new[name], Mapping):
            yield from _leaves(old[name], new[name], f"{path}.")
        elif not _equal(name, old[name], new[name]):
            yield path, "UPDATE"


def _equal(name: str, old: Any, new: Any) -> bool:
    if name == "location" and isinstance(old, str) and isinstance(new, str):
        return region_key(old) == region_key(new)
    return bool(old == new)
