"""Deleting from the sandbox what an environment declares, where there is no state to go by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftops.azure.arm import Arm
from ftops.azure.session import Session
from ftops.engine.step import Approve, Step
from ftops.progress import Progress
from ftops_catalog.arm_type import read_arm_types
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, Resource

GROUP_CONTENTS = "2021-04-01"
"""The api-version that lists what lies in a resource group."""


def delete_declared(
    session: Session, resources: Sequence[Resource], approve: Approve, progress: Progress
) -> list[Step]:
    """Deletes what is declared and there, children first, and nothing that is not declared.

    What holds something that nobody declared is left, since Azure would delete that with it.
    """
    types = read_arm_types()
    with Arm(session) as arm:
        there = _there(arm, resources)
        strange = list(strangers(arm, there))
        steps = plan_deletion(there, strange)
        if any(step.action == "deleted" for step in steps):
            approve([*steps, *strange])
        for step in steps:
            if step.action == "deleted":
                progress.begin(step.label)
                arm.delete(step.id, types.type(step.type).api_version)
                progress.end(step.label, f"deleted    {step.label}")
    return [*steps, *strange]


def retained_declared(session: Session, resources: Sequence[Resource]) -> list[Step]:
    """What is declared and there, where the stack file wants it to outlive its destroy."""
    with Arm(session) as arm:
        there = _there(arm, resources)
    return [Step(each.type, each.name, each.id, "retained") for each in there]


def plan_deletion(there: Sequence[Resource], strange: Sequence[Step]) -> list[Step]:
    """What goes and what is retained for the sake of what lies in it; pure."""
    steps = []
    for each in there:
        inside = f"{each.id}/".casefold()
        holds = any(other.id.casefold().startswith(inside) for other in strange)
        steps.append(Step(each.type, each.name, each.id, "retained" if holds else "deleted"))
    return steps


def _there(arm: Arm, resources: Sequence[Resource]) -> list[Resource]:
    """The declared resources that exist, children before what holds them."""
    types = read_arm_types()
    return [
        each
        for each in reversed(resources)
        if arm.get(each.id, types.type(each.type).api_version) is not None
    ]


def strangers(arm: Arm, there: Sequence[Resource]) -> Iterator[Step]:
    """What lies in the declared groups and accounts and is not declared, experiments included."""
    declared = {each.id.casefold() for each in there}
    version = read_arm_types().type(DEPLOYMENT).api_version
    for each in there:
        found = []
        if each.is_a(RESOURCE_GROUP):
            found = arm.items(f"{each.id}/resources", GROUP_CONTENTS)
        elif each.is_a(ACCOUNT):
            found = arm.items(f"{each.id}/deployments", version)
        for other in found:
            if str(other["id"]).casefold() not in declared:
                kind = str(other.get("type") or DEPLOYMENT)
                yield Step(kind, str(other["name"]).rpartition("/")[2], other["id"], "undeclared")
