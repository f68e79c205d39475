"""The question before anything is changed: shown to a person, or answered by --yes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from ftops.engine.step import WOULD, Approve, Step
from ftops.progress import Progress
from ftops_catalog.errors import BadUsage


def approval(progress: Progress, hint: str, *, yes: bool) -> Approve:
    """Asks about steps while nothing is drawn over the question; `hint` says how to say yes."""

    def approve(steps: Sequence[Step]) -> None:
        with progress.paused():
            ask(steps, hint, yes=yes)

    return approve


def ask(steps: Sequence[Step], hint: str, *, yes: bool) -> None:
    """Shows what would happen and asks; without a person there to answer, --yes must say it.

    Raises BadUsage where nobody is there, click.Abort where the answer is no.
    """
    changes = [step for step in steps if step.action in WOULD]
    if yes or not changes:
        return
    if not sys.stdin.isatty():
        raise BadUsage(f"{len(changes)} changes wait for a yes", hint)
    for step in steps:
        click.echo(f"  {WOULD.get(step.action, step.action):10} {step.label}", err=True)
    click.confirm("Go on?", abort=True, err=True)
