"""`ftops policy new`: a rule of one's own, with examples, ready to be edited."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option

ANSWER = ("rule", "files[]")
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("new")
@click.argument("rule_id", metavar="RULE")
@click.option(
    "--about",
    type=click.Choice(["account", "deployment", "group"]),
    default="deployment",
    show_default=True,
    help="What the rule is asked about.",
)
@output_option
def command(rule_id: str, about: str, output: str) -> None:
    """Write a rule and its examples into policies/rules and policies/examples.

    What is written works: `ftops policy test RULE` passes, and `ftops policy check`, the pack and
    the gates before a deployment ask it from then on. Edit what must hold, why, and the examples.

    \b
    Examples:
      ftops policy new deployment-is-reviewed
      ftops policy new account-has-a-sponsor --about account
    """
    from ftops.scaffold import find_home, write_rule
    from ftops.stack_file import SETTINGS, find_root
    from ftops_policies import read_settings

    root = find_root(Path.cwd())
    read_settings(root / SETTINGS)
    files = [str(path.relative_to(root)) for path in write_rule(rule_id, about, find_home(root))]
    body = {"rule": rule_id, "files": files}
    table = Table(("written",), [(file,) for file in files])
    notes = [f"Edit both, then: ftops policy test {rule_id}"]
    emit(Answer("policy new", datetime.now(UTC), body, [table], notes), output)
