"""Bringing an environment up with the Pulumi CLI: preview, a question, then `up`, policies on."""

from __future__ import annotations

from pathlib import Path

from ftops.azure.session import Session
from ftops.engine.adoption import adopt
from ftops.engine.cli import Cli, open_cli
from ftops.engine.name_held import free_names
from ftops.engine.recovery import settle
from ftops.engine.step import Approve, Asked, Raised
from ftops.engine.update_plan import choose_plan, fresh_plan, read_plan
from ftops.progress import Progress


def bring_up(
    name: str, root: Path, session: Session, asked: Asked, approve: Approve, progress: Progress
) -> Raised:
    """Runs `pulumi preview`, asks, then `pulumi up`; a plan is applied as reviewed or refused.

    Raises Blocked where the policy pack says no, Conflict where another run holds the stack or
    the plan no longer holds, CloudRefused where Azure or Pulumi refuses.
    """
    if asked.plan:
        # Before anything is started: a file that is no plan cannot be applied.
        read_plan(asked.plan, name)
    with open_cli(name, root, session.target, progress) as cli:
        assert cli, "it was asked to make one"
        settle(cli, session, progress)
        restored = free_names(name, root, session, asked, approve, progress)
        if restored:
            adopt(cli, root, session, restored, progress)
        if asked.plan:
            return _apply(cli, asked.plan, approve)
        approve(cli.preview())
        return Raised(cli.up(), cli.outputs())


def _apply(cli: Cli, plan: Path, approve: Approve) -> Raised:
    """Does what the plan holds; the engine alone would find out only halfway that it does not."""
    reviewed = read_plan(plan, cli.stack.name)
    with fresh_plan(cli) as (fresh, steps):
        chosen = choose_plan(reviewed, fresh, cli.stack.name)
        approve(steps)
        return Raised(cli.up(plan=chosen, refresh=True), cli.outputs())
