"""Taking an environment down: by the CLI what its state knows, without it what is declared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftops.azure.session import Session
from ftops.engine.cli import INSTALL, find_cli, open_cli
from ftops.engine.deletion import delete_declared, retained_declared
from ftops.engine.listing import list_resources
from ftops.engine.name_held import purge_deleted
from ftops.engine.recovery import settle
from ftops.engine.state import State, cloud_resources, label, protected, retained
from ftops.engine.step import Action, Approve, Step
from ftops.environment import read_environment
from ftops.progress import Progress
from ftops_catalog.arm_type import read_arm_types
from ftops_catalog.errors import Blocked, NotReady
from ftops_policies.resource import ACCOUNT

SHOWN_MAX = 10


def take_down(
    name: str, root: Path, session: Session, approve: Approve, progress: Progress, *, purge: bool
) -> list[Step]:
    """Deletes an environment's resources, after `approve` has seen them; nothing there is done.

    With `purge`, or where the stack file wants it, its accounts are not kept for 48 hours, those
    of an earlier destroy included. Raises Blocked where anything is protected, before anything
    is deleted.
    """
    environment = read_environment(name, root)
    subscription_id = session.target.subscription_id
    if find_cli():
        steps = _by_state(name, root, session, approve, progress)
    elif session.target.is_sandbox:
        resources = list_resources(name, root, subscription_id)
        if environment.protect:
            raise _protected(name, [each.label for each in resources])
        if environment.retain_on_delete:
            return retained_declared(session, resources)
        steps = delete_declared(session, resources, approve, progress)
    else:
        raise NotReady("without the Pulumi CLI nothing is deleted on Azure", INSTALL)
    if not (purge or environment.purge_on_destroy):
        return steps
    gone = [step.id for step in steps if step.type == ACCOUNT and step.action == "deleted"]
    resources = list_resources(name, root, subscription_id)
    declared = [each.id for each in resources if each.is_a(ACCOUNT)]
    return [*steps, *purge_deleted(session, [*gone, *declared], approve, progress)]


def _by_state(
    name: str, root: Path, session: Session, approve: Approve, progress: Progress
) -> list[Step]:
    """`pulumi destroy`, which by itself deletes the children of what is protected, then refuses."""
    with open_cli(name, root, session.target, progress, make=False) as cli:
        if cli is None:
            return []
        settle(cli, session, progress)
        state = cli.state()
        if protected(state):
            raise _protected(name, protected(state))
        planned = _planned(state)
        if not planned:
            return []
        approve(planned)
        cli.destroy()
        return planned


def _planned(state: State) -> list[Step]:
    """What the state knows in the cloud, children before what holds them."""
    left = set(retained(state))
    types = {each.token: each.type for each in read_arm_types().types}
    steps = []
    for each in reversed(cloud_resources(state)):
        arm_id, token = str(each.get("id", "")), str(each["type"])
        action: Action = "retained" if label(each) in left else "deleted"
        name = arm_id.rsplit("/", 1)[-1]
        steps.append(Step(types.get(token, token), name, arm_id, action))
    return steps


def _protected(name: str, labels: Sequence[str]) -> Blocked:
    shown = ", ".join(labels[:SHOWN_MAX])
    more = f" and {len(labels) - SHOWN_MAX} more" if len(labels) > SHOWN_MAX else ""
    return Blocked(
        f"{name} is protected, so nothing was deleted: {shown}{more}",
        f"take `protect` out of its stack file, ftops up {name}, then destroy it",
    )
