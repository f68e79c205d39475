"""`ftops policy list`: every rule, and what an environment makes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option

FIELDS = ("rule", "severity", "applies_to", "title")

ANSWER = (
    "environment",
    "rules[].rule",
    "rules[].severity",
    "rules[].applies_to",
    "rules[].title",
    "rules[].fix",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("list")
@click.argument("env", metavar="[ENV]", required=False)
@output_option
def command(env: str | None, output: str) -> None:
    """List the rules with their severity: their own, or the one that ENV gives them.

    \b
    Examples:
      ftops policy list
      ftops policy list dev --output json
    """
    from ftops.stack_file import SETTINGS, find_root, read_stack_file
    from ftops_policies import EnvironmentSettings, read_rules, read_settings
    from ftops_policies.own import join_project_rules

    join_project_rules(Path.cwd())
    here = EnvironmentSettings(env or "")
    if env is not None:
        root = find_root(Path.cwd())
        read_stack_file(env, root)
        here = read_settings(root / SETTINGS).environment(env)
    rows = [
        {
            "rule": rule.id,
            "severity": here.rule(rule.id).severity or rule.severity,
            "applies_to": list(rule.applies_to),
            "title": rule.title,
            "fix": dict(rule.fix) or None,
        }
        for rule in read_rules()
    ]
    short = [
        (row["rule"], row["severity"], _short(rule.applies_to), row["title"])
        for row, rule in zip(rows, read_rules(), strict=True)
    ]
    body = {"environment": env, "rules": rows}
    emit(Answer("policy list", datetime.now(UTC), body, [Table(FIELDS, short)]), output)


def _short(types: tuple[str, ...]) -> str:
    return ", ".join(each.rpartition("/")[2] for each in types)
