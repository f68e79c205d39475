"""Whether what ARM has is what would be sent; pure, and without a state to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ftops_catalog.arm import GONE, edit, unfold
from ftops_catalog.arm_type import ArmType
from ftops_catalog.region import region_key
from ftops_policies.resource import UNKNOWN

HIDDEN = "hidden-"
"""Tags that Azure puts on resources itself start so."""


@dataclass(frozen=True)
class Move:
    """An input that Azure cannot change in place: what it was, and what it would become."""

    name: str
    was: Any
    wanted: Any


def differs(record: ArmType, sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether a PUT would change anything.

    Everything that is sent must be there; tags must be the same ones. What ARM adds of its own
    (defaults, endpoints, states) is no difference, and neither is a key that was once sent.
    """
    state = str((found.get("properties") or {}).get("provisioningState", "Succeeded"))
    if state.casefold() in {"failed", "canceled"}:
        return True
    if _tags(sent) != _tags(found):
        return True
    wanted = unfold(record.shape, sent)
    for place in ("tags", *record.unanswered):
        wanted = edit(wanted, place.split("."), lambda _: GONE)
    return not _within(wanted, unfold(record.shape, found))


def moved(record: ArmType, sent: Mapping[str, Any], found: Mapping[str, Any]) -> Move | None:
    """The first input that Azure cannot change in place and that is another one now."""
    wanted, have = unfold(record.shape, sent), unfold(record.shape, found)
    for place in record.replaces:
        name = place.rpartition(".")[2]
        new, old = _at(wanted, place), _at(have, place)
        if GONE not in (new, old) and not _same(name, new, old):
            return Move(place, old, new)
    return None


def _at(values: Any, place: str) -> Any:
    for name in place.split("."):
        values = values.get(name, GONE) if isinstance(values, Mapping) else GONE
    return values


def _within(wanted: Mapping[str, Any], found: Any) -> bool:
    if not isinstance(found, Mapping):
        return not wanted
    return all(_same(name, value, found.get(name)) for name, value in wanted.items())


def _same(name: str, wanted: Any, found: Any) -> bool:
    if wanted is UNKNOWN:
        # Known only once it runs; the run compares again, with the value.
        return True
    if isinstance(wanted, Mapping):
        return _within(wanted, found)
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(_same(name, one, other) for one, other in zip(wanted, found, strict=True))
        )
    if name == "location":
        return region_key(str(wanted)) == region_key(str(found))
    return bool(wanted == found)


def _tags(body: Mapping[str, Any]) -> dict[str, Any]:
    tags = body.get("tags") or {}
    return {name: value for name, value in tags.items() if not name.startswith(HIDDEN)}
