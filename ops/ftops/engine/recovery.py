"""What an interrupted run left half done, settled before the next one begins."""

from __future__ import annotations

from collections.abc import Sequence

from ftops.azure.arm import Arm
from ftops.azure.session import Session
from ftops.engine.cli import Cli
from ftops.engine.state import CREATING, Pending, pending, settled
from ftops.engine.wire import Json
from ftops.progress import Progress


def settle(cli: Cli, session: Session, progress: Progress) -> bool:
    """Takes into the state what an earlier run made without writing it down; False if nothing.

    The cloud is read and not changed. What is there is in the state afterwards, what is not
    there is made by the run that follows.
    """
    state = cli.state()
    found = pending(state, session.target.subscription_id)
    if not found:
        return False
    for each in found:
        progress.say(f"an earlier run was cut short while {each.kind} {each.label}")
    created, left = _look_up(found, session)
    for each, _ in created:
        progress.say(f"found      {each.label}: taken into the state")
    for each in left:
        progress.say(f"unknown    {each.label}: nobody can tell whether it was made")
    cli.replace_state(settled(state, created, left, session.now))
    progress.say("the state is refreshed first")
    cli.refresh()
    return True


def _look_up(
    found: Sequence[Pending], session: Session
) -> tuple[list[tuple[Pending, Json]], list[Pending]]:
    """What was being made and is there; and what has no path to look at."""
    created: list[tuple[Pending, Json]] = []
    with Arm(session) as arm:
        for each in found:
            if each.kind == CREATING and each.path:
                body = arm.get(each.path, each.api_version)
                created += [(each, body)] if body is not None else []
    return created, [each for each in found if each.kind == CREATING and not each.path]
