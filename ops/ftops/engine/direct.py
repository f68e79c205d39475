"""Bringing an environment up without the Pulumi CLI: the program's resources, sent to ARM.

It keeps no state: what ARM has is compared with what would be sent, and nothing is deleted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftops.azure.arm import Arm
from ftops.azure.session import Session
from ftops.engine.difference import differs, moved
from ftops.engine.listing import arm_request, client_config, list_resources
from ftops.engine.name_held import free_names
from ftops.engine.program import Declared, run_program
from ftops.engine.step import Action, Approve, Asked, Raised, Step
from ftops.engine.wire import Json
from ftops.progress import Progress
from ftops.stack_file import read_stack_file
from ftops_catalog.arm import guarded, outputs
from ftops_catalog.arm_type import ArmType, read_arm_types
from ftops_catalog.errors import Conflict, NotReady
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, Resource

EXPERIMENT = "ftops"
"""The tag managed-by of a deployment that `ftops deploy` made: not declared, and not forgotten."""


def bring_up(
    name: str, root: Path, session: Session, asked: Asked, approve: Approve, progress: Progress
) -> Raised:
    """Makes an environment what its stack file says; a second run finds nothing to do.

    Raises CloudRefused with Azure's own code and text where it says no: what was made until then
    stays, and the same command goes on from there.
    """
    free_names(name, root, session, asked, approve, progress)
    subscription_id = session.target.subscription_id
    resources = list_resources(name, root, subscription_id)
    stopped = threading.Event()
    with Arm(session, sleep=_patience(stopped)) as arm:
        planned = [Step(each.type, each.name, each.id, _action(arm, each)) for each in resources]
        forgotten = list(_undeclared(arm, resources))
        approve([*planned, *forgotten])
        made = Made(arm, subscription_id, progress)
        run = run_program(root, read_stack_file(name, root), made, stopped)
    steps = sorted(made.steps, key=lambda step: step.id.casefold())
    return Raised([*steps, *forgotten], run.outputs)


@dataclass
class Made:
    """A world that makes what is declared; several threads may ask it at once."""

    arm: Arm
    subscription_id: str
    progress: Progress
    steps: list[Step] = field(default_factory=list)

    def create(self, declared: Declared) -> tuple[str, Mapping[str, Any]]:
        record, sent = arm_request(declared, self.subscription_id)
        self.progress.begin(declared.name)
        found = self.arm.get(sent.path, sent.api_version)
        action = judge(record, sent.path, sent.body, found)
        if action != "unchanged" or found is None:
            body = guarded(record, sent.body, found)
            found = self.arm.put(sent.path, sent.api_version, body)
        name = sent.path.rsplit("/", 1)[-1]
        step = Step(record.type, name, sent.path, action)
        self.steps.append(step)
        self.progress.end(declared.name, f"{action:10} {step.label}")
        return str(found.get("id", sent.path)), outputs(record, found)

    def invoke(self, token: str, arguments: Json) -> Mapping[str, Any]:
        del arguments
        return client_config(token, self.subscription_id)


def judge(
    record: ArmType, path: str, sent: Mapping[str, Any], found: Mapping[str, Any] | None
) -> Action:
    """What has to happen to a resource; Conflict where only making it anew would do."""
    if found is None:
        return "created"
    changed = moved(record, sent, found)
    if changed:
        name = path.rsplit("/", 1)[-1]
        raise Conflict(
            f"{name} has the {changed.name} {changed.was!r}, and Azure cannot move it to"
            f" {changed.wanted!r}",
            "delete it yourself, or use the Pulumi CLI, which replaces it",
        )
    return "updated" if differs(record, sent, found) else "unchanged"


def _action(arm: Arm, resource: Resource) -> Action:
    record = read_arm_types().type(resource.type)
    found = arm.get(resource.id, record.api_version)
    return judge(record, resource.id, resource.body, found)


def _undeclared(arm: Arm, resources: Sequence[Resource]) -> Iterator[Step]:
    """What lies in the environment's groups and accounts without being declared."""
    declared = {resource.id.casefold() for resource in resources}
    accounts, deployments = read_arm_types().type(ACCOUNT), read_arm_types().type(DEPLOYMENT)
    for group in (each for each in resources if each.is_a(RESOURCE_GROUP)):
        for account in arm.items(f"{group.id}/providers/{ACCOUNT}", accounts.api_version):
            if account["id"].casefold() not in declared:
                yield Step(ACCOUNT, account["name"], account["id"], "undeclared")
            path = f"{account['id']}/deployments"
            for each in arm.items(path, deployments.api_version):
                tags = each.get("tags") or {}
                if each["id"].casefold() in declared or tags.get("managed-by") == EXPERIMENT:
                    continue
                yield Step(DEPLOYMENT, each["name"], each["id"], "undeclared")


def _patience(stopped: threading.Event) -> Callable[[float], None]:
    """A sleep that ends early, with an error, once the run has been stopped."""

    def wait(seconds: float) -> None:
        if stopped.wait(seconds):
            raise NotReady("the run was stopped", "run the same command again")

    return wait
