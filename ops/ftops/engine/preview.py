"""What an environment would be: as declared, or as the Pulumi CLI would make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ftops.engine.listing import list_resources
from ftops.engine.step import WOULD, Step
from ftops.prospect import Prospect, prospects
from ftops.target import Kind
from ftops_policies.resource import Resource

if TYPE_CHECKING:
    from ftops.azure.session import Session
    from ftops.engine.cli import Cli
    from ftops.progress import Progress


@dataclass(frozen=True)
class Foresight:
    """What was foreseen, by whom: `program` compares with nothing, `engine` with its state.

    `now` is the instant it speaks of (UTC); `target` is None where none was asked.
    """

    environment: str
    source: Literal["program", "engine"]
    target: Kind | None
    now: datetime
    resources: Sequence[Resource]
    prospects: Sequence[Prospect]

    @property
    def title(self) -> str:
        """One line over the table."""
        if self.source == "program":
            file = next((each.file for each in self.prospects if each.file), self.environment)
            return f"{file}: {len(self.prospects)} resources are declared"
        counts: dict[str, int] = {}
        for each in self.prospects:
            counts[each.action] = counts.get(each.action, 0) + 1
        told = ", ".join(f"{action} {count}" for action, count in sorted(counts.items()))
        return f"{self.environment}: {told}"


def declare(name: str, root: Path, now: datetime) -> Foresight:
    """What the program declares: no CLI, no cloud, no credentials.

    Raises BadUsage or BadConfig for the stack file, BadConfig where the program fails.
    """
    resources = list_resources(name, root)
    return Foresight(name, "program", None, now, resources, prospects(resources, {}))


def foresee(
    name: str, root: Path, session: Session, progress: Progress, plan: Path | None = None
) -> Foresight:
    """What the CLI would do, policies on; the plan is written where one is asked for.

    Raises NotReady without the CLI, Blocked where a policy does, CloudRefused or Conflict where
    Azure or Pulumi refuse.
    """
    # Offline nobody waits for the Automation API to be imported.
    from ftops.engine.cli import open_cli
    from ftops.engine.update_plan import write_plan

    target = session.target
    resources = list_resources(name, root, target.subscription_id)
    with open_cli(name, root, target, progress) as cli:
        assert cli, "it was asked to make one"
        _warn(cli, progress)
        steps = write_plan(cli, plan) if plan else cli.preview()
    actions = {step.id.casefold(): WOULD.get(step.action, step.action) for step in steps}
    declared = prospects(resources, actions)
    known = {each.id.casefold() for each in declared}
    # What the state knows and no file declares any more; Pulumi tells no region or SKU of it.
    others = [_leaving(step) for step in steps if step.id.casefold() not in known]
    return Foresight(name, "engine", target.kind, session.now, resources, [*declared, *others])


def _leaving(step: Step) -> Prospect:
    action = WOULD.get(step.action, step.action)
    return Prospect(
        action, step.type, step.label, step.id, None, None, None, None, file=None, line=None
    )


def _warn(cli: Cli, progress: Progress) -> None:
    """A preview mends nothing; `up` settles what an earlier run left open."""
    from ftops.engine.state import pending_labels

    for label in pending_labels(cli.state()):
        progress.say(f"an earlier run was cut short at {label}; ftops up settles it first")
