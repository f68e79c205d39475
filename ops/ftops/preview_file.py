"""What Pulumi wrote of a preview, `preview --json` or an update plan, as resources to judge."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ftops_catalog.errors import BadConfig
from ftops_policies.native import Native, find_arm_type, find_parent, parse_native
from ftops_policies.resource import UNKNOWN, NotKnownError, Resource

BYTES_MAX: Final = 200_000_000
HINT: Final = "pulumi preview --json > FILE, or ftops preview ENV --save-plan FILE"
# Pulumi's own marks (sdk/go/common/resource/plugin/rpc.go), and what it prints for a secret.
UNKNOWNS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "[secret]",
    }
)
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
GOING: Final = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "refresh"})

Json = Mapping[str, Any]


@dataclass(frozen=True)
class PreviewFile:
    """What would be there after `up`, of one environment: the stack that the URNs name."""

    environment: str
    resources: tuple[Resource, ...]


class Dark(Mapping[str, Any]):
    """Inputs of which a plan tells nothing, since nothing would change: all of them unknown."""

    def __getitem__(self, key: str) -> Any:
        return UNKNOWN

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def read_preview_file(file: Path) -> PreviewFile:
    """The resources in a file; BadConfig where it is neither a preview nor a plan.

    What is a secret in it is unknown here: it is never a pass.
    """
    try:
        if file.stat().st_size > BYTES_MAX:
            raise BadConfig(f"{file} is too large for a preview", HINT)
        whole = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadConfig(f"{file} is no preview that Pulumi wrote: not JSON", HINT) from error
    try:
        rows = list(_rows(whole))
        stacks = {each.urn.split("::")[0].removeprefix("urn:pulumi:") for each in rows}
        if len(stacks) == 1:
            return PreviewFile(stacks.pop(), tuple(_resources(rows)))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadConfig(f"{file} is no preview that Pulumi wrote", HINT) from error
    said = "names no stack" if not stacks else f"is of several stacks: {', '.join(sorted(stacks))}"
    raise BadConfig(f"{file} {said}", HINT)


@dataclass(frozen=True, slots=True)
class Line:
    """A resource: its URN, its token, its inputs, what each depends on; None is not told."""

    urn: str
    token: str
    inputs: Json
    upon: Mapping[str, Sequence[str]]
    protect: bool | None = None


def _rows(whole: Json) -> Iterator[Line]:
    if "resourcePlans" in whole:
        for urn, plan in whole["resourcePlans"].items():
            if not GOING.issuperset(plan.get("steps") or ["same"]):
                yield _planned(urn, plan)
        return
    for step in whole["steps"]:
        new = step.get("newState")
        if new and step["op"] not in GOING:
            inputs, upon = _plain(new.get("inputs") or {}), new.get("propertyDependencies") or {}
            # Pulumi leaves out what is false.
            yield Line(step["urn"], new["type"], inputs, upon, new.get("protect") is True)


def _planned(urn: str, plan: Json) -> Line:
    """A plan tells the inputs that change; of the others the state, if it has any, is as good."""
    goal = plan.get("goal") or {}
    changed = goal.get("inputDiff") or {}
    known = {**(plan.get("state") or {}), **(changed.get("adds") or {})}
    known |= changed.get("updates") or {}
    for name in changed.get("deletes") or ():
        known.pop(name, None)
    token = goal.get("type") or urn.split("::")[2].rpartition("$")[2]
    inputs: Json = _plain(known) if known else Dark()
    protect = goal.get("protect") is True if goal else None
    return Line(urn, token, inputs, goal.get("propertyDependencies") or {}, protect)


def _resources(rows: Sequence[Line]) -> Iterator[Resource]:
    natives: dict[str, tuple[Native, Mapping[str, Sequence[str]]]] = {}
    for row in rows:
        record = find_arm_type(row.token)
        if record is not None:
            known = parse_native(record, row.inputs, row.urn, NotKnownError, protect=row.protect)
            natives[row.urn] = known, row.upon
    made: dict[str, Resource] = {}
    # Shallow types first: a child of a child then finds a parent that has its own.
    for urn in sorted(natives, key=lambda each: natives[each][0].resource.type.count("/")):
        native, upon = natives[urn]
        named = [made[each] for each in upon.get(native.parent_input) or () if each in made]
        made[urn] = replace(native.resource, parent=find_parent(native, named, made.values()))
    yield from made.values()


def _plain(value: Any) -> Any:
    """Pulumi's JSON with UNKNOWN for what is not known, or hidden."""
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWNS else value
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if SIGNATURE in value:
        return _plain(value["value"]) if "value" in value else UNKNOWN
    return {key: _plain(each) for key, each in value.items()}
