"""Bringing an environment up, by the way that this machine and this target allow."""

from __future__ import annotations

from pathlib import Path

from ftops.azure.session import Session
from ftops.engine import direct, stack
from ftops.engine.cli import INSTALL, find_cli
from ftops.engine.step import Approve, Asked, Raised
from ftops.progress import Progress
from ftops.target import Target
from ftops_catalog.errors import NotReady


def bring_up(
    name: str, root: Path, session: Session, asked: Asked, approve: Approve, progress: Progress
) -> Raised:
    """Makes an environment what its stack file says.

    With the Pulumi CLI on PATH the CLI does it, state, diffs and policy pack included. Without it
    the sandbox alone is written to: on Azure what no state remembers nobody could take down again.
    """
    if find_cli():
        return stack.bring_up(name, root, session, asked, approve, progress)
    require_way(session.target, asked)
    return direct.bring_up(name, root, session, asked, approve, progress)


def require_way(target: Target, asked: Asked) -> None:
    """Raises NotReady where this machine has no way to do what is asked, before Azure is read."""
    if find_cli():
        return
    if asked.plan:
        raise NotReady("without the Pulumi CLI no plan can be applied", INSTALL)
    if not target.is_sandbox:
        raise NotReady("without the Pulumi CLI nothing is changed on Azure", INSTALL)
