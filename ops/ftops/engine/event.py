"""The engine's events as steps, and as progress while it works."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftops.engine.listing import arm_request
from ftops.engine.program import Declared
from ftops.engine.step import Action, Step
from ftops.progress import Progress
from ftops_catalog.errors import BadConfig

if TYPE_CHECKING:
    from pulumi import automation

ACTIONS: Mapping[str, Action] = {
    "create": "created",
    "update": "updated",
    "same": "unchanged",
    "replace": "replaced",
    "delete": "deleted",
    "import": "created",
}
QUIET = frozenset({"unchanged", "replaced"})
"""Not told while the engine works: nothing happens, or its deletion and creation are told."""

OURS = "azure-native:"
COLOR = re.compile(r"<\{%.*?%\}>")


@dataclass
class Seen:
    """The engine's events, as steps; what it is working on is told as it goes."""

    subscription_id: str
    progress: Progress
    found: dict[str, Step] = field(default_factory=dict)
    foresees: bool = False

    def note(self, event: automation.EngineEvent) -> None:
        """Takes one event in."""
        # An `up` finds again what its preview has told.
        if event.policy_event and self.foresees:
            self._policy(event.policy_event)
        before, after = event.resource_pre_event, event.res_outputs_event
        about = before or after
        if about is None or not about.metadata.type.startswith(OURS):
            return
        state = about.metadata.new or about.metadata.old
        action = ACTIONS.get(about.metadata.op.value)
        if not state:
            return
        if action:
            self.found[state.urn] = self._step(state, action)
        if self.foresees or action in QUIET:
            return
        done = about.metadata.op.value
        label = state.urn.rsplit("::", 1)[-1]
        if before:
            self.progress.begin(label)
        else:
            self.progress.end(label, f"{ACTIONS.get(done, done):10} {label}")

    def _policy(self, event: automation.events.PolicyEvent) -> None:
        said = COLOR.sub("", event.message).strip().splitlines() or [""]
        about = (event.resource_urn or "").rsplit("::", 1)[-1]
        self.progress.say(f"{event.enforcement_level:10} {event.policy_name} {about}: {said[0]}")

    def _step(self, state: automation.events.StepEventStateMetadata, action: Action) -> Step:
        declared = Declared(state.type, state.urn.rsplit("::", 1)[-1], state.urn, _known(state))
        try:
            record, sent = arm_request(declared, self.subscription_id)
        except BadConfig:
            # A program may hold resources that the table does not have: Pulumi knows them.
            return Step(state.type, declared.name, state.id or "", action)
        arm_id = state.id or sent.path
        return Step(record.type, arm_id.rsplit("/", 1)[-1], arm_id, action)

    def steps(self) -> list[Step]:
        """One step per resource, sorted by ARM id."""
        return sorted(self.found.values(), key=lambda step: step.id.casefold())


def _known(state: automation.events.StepEventStateMetadata) -> dict[str, Any]:
    """A resource's inputs without what the engine adds for itself."""
    return {key: value for key, value in (state.inputs or {}).items() if not key.startswith("__")}
