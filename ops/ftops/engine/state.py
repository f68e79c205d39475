"""What a stack's exported state tells: what is protected, what was left half done; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ftops.answer import rfc3339
from ftops.engine.event import OURS
from ftops.engine.wire import Json
from ftops_catalog.arm import fill, outputs
from ftops_catalog.arm_type import read_arm_types
from ftops_catalog.errors import BadConfig

State = Mapping[str, Any]
CREATING = "creating"


@dataclass(frozen=True)
class Pending:
    """One operation that an earlier run began and did not finish.

    `path` is the ARM id that it would have made, None where the ARM table does not tell.
    """

    kind: str
    resource: Json = field(repr=False)
    path: str | None
    api_version: str

    @property
    def label(self) -> str:
        return label(self.resource)


def label(resource: State) -> str:
    """A resource's name in the program, such as `oai/gpt-4.1-mini`."""
    return str(resource.get("urn", "")).rsplit("::", 1)[-1]


def resources(state: State) -> list[Json]:
    """Every resource of the state, in its order: what others need comes first."""
    return list(state.get("resources") or ())


def cloud_resources(state: State) -> list[Json]:
    """Those of them that lie in the cloud, and not in the program alone."""
    return [each for each in resources(state) if str(each.get("type", "")).startswith(OURS)]


def protected(state: State) -> list[str]:
    """The names of what Pulumi refuses to delete."""
    return sorted(label(each) for each in resources(state) if each.get("protect"))


def retained(state: State) -> list[str]:
    """The names of what a destroy forgets and leaves where it is."""
    return sorted(label(each) for each in cloud_resources(state) if each.get("retainOnDelete"))


def pending_labels(state: State) -> list[str]:
    """The names of what an earlier run was at when it was cut short."""
    return [label(each.get("resource") or {}) for each in state.get("pending_operations") or ()]


def pending(state: State, subscription_id: str) -> list[Pending]:
    """The operations that an earlier run left open."""
    found = state.get("pending_operations") or ()
    return [_pending(each, subscription_id) for each in found]


def _pending(operation: State, subscription_id: str) -> Pending:
    resource = dict(operation.get("resource") or {})
    kind = str(operation.get("type", ""))
    try:
        record = read_arm_types().token(str(resource.get("type", "")))
        path = fill(record, {"subscriptionId": subscription_id, **resource.get("inputs", {})})
    except BadConfig:
        return Pending(kind, resource, None, "")
    return Pending(kind, resource, path, record.api_version)


def settled(
    state: State, created: Sequence[tuple[Pending, Json]], left: Sequence[Pending], now: datetime
) -> Json:
    """The state with nothing half done: what was found in ARM is in it, as if made in peace.

    `left` are operations that nobody could look up; they stay as they are.
    """
    kept = {each.label for each in left}
    operations = [
        each
        for each in state.get("pending_operations") or ()
        if label(each.get("resource") or {}) in kept
    ]
    known = {each["urn"] for each in resources(state)}
    added = [each for each in _added(created, now) if each["urn"] not in known]
    rest = {name: value for name, value in state.items() if name != "pending_operations"}
    rest |= {"resources": [*resources(state), *added]}
    return rest | ({"pending_operations": operations} if operations else {})


def _added(created: Sequence[tuple[Pending, Json]], now: datetime) -> Iterator[Json]:
    for each, found in created:
        record = read_arm_types().token(str(each.resource["type"]))
        made = {"id": str(found.get("id", each.path)), "outputs": dict(outputs(record, found))}
        yield {**each.resource, **made, "created": rfc3339(now), "modified": rfc3339(now)}
