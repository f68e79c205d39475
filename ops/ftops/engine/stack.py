"""Bringing an environment up with the Pulumi CLI: preview, a question, then `up`, policies on."""

from __future__ import annotations

from pathlib import Path

from ftops.engine.cli import open_cli
from ftops.engine.step import Approve, Raised
from ftops.progress import Progress
from ftops.target import Target


def bring_up(name: str, root: Path, target: Target, approve: Approve, progress: Progress) -> Raised:
    """Runs `pulumi preview`, asks, then `pulumi up`.

    Raises Blocked where the policy pack says no, Conflict where another run holds the stack,
    CloudRefused where Azure or Pulumi does.
    """
    with open_cli(name, root, target, progress) as cli:
        assert cli, "it was asked to make one"
        approve(cli.preview())
        return Raised(cli.up(), cli.outputs())
