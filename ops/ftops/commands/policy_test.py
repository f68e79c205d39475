"""`ftops policy test`: the examples of rules, each tried."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops_catalog.errors import BadUsage
from ftops_catalog.hint import did_you_mean

FIELDS = ("rule", "outcome", "case", "passed", "why")

ANSWER = (
    "examples[].rule",
    "examples[].outcome",
    "examples[].case",
    "examples[].passed",
    "examples[].why",
    "untold",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("test")
@click.argument("rule_ids", metavar="[RULE]...", nargs=-1)
@output_option
def command(rule_ids: tuple[str, ...], output: str) -> None:
    """Try the examples of the project's rules: each holds, breaks or is not known, as it says.

    Ends with 1 if an example comes out otherwise, or if a rule of the project has no example that
    holds or none that breaks.

    \b
    Examples:
      ftops policy test
      ftops policy test deployment-is-reviewed --output json
    """
    from ftops.scaffold import find_home
    from ftops.stack_file import SETTINGS, find_root
    from ftops_policies import read_settings

    root = find_root(Path.cwd())
    read_settings(root / SETTINGS)
    home = find_home(root)
    own = {path.stem.replace("_", "-") for path in home.rules.glob("[!_]*.py")}
    for name in rule_ids:
        if name not in own:
            raise BadUsage(f"there is no rule {name!r} in {home.rules}", did_you_mean(name, own))
    emit(_answer(rule_ids or tuple(sorted(own)), home.examples, output), output)


def _answer(named: tuple[str, ...], examples: Path, output: str) -> Answer:
    from ftops_policies import read_rules
    from ftops_policies.example import read_examples

    book = {rule.id: rule for rule in read_rules()}
    files = [path for path in (examples / f"{name}.yaml" for name in named) if path.exists()]
    tried = [
        (each, each.try_on([book[each.rule]]) if each.rule in book else "there is no such rule")
        for path in files
        for each in read_examples(path)
    ]
    told = {(each.rule, each.outcome) for each, _ in tried}
    untold = [name for name in named if not {(name, "holds"), (name, "breaks")} <= told]
    rows = [(each.rule, each.outcome, each.case, not why, why) for each, why in tried]
    failed = [row for row in rows if not row[3]]
    body = {"examples": [dict(zip(FIELDS, row, strict=True)) for row in rows], "untold": untold}
    empty = f"rules: {len(named)}, examples: {len(rows)}, all as they say"
    table = Table(FIELDS, rows if output == "csv" else failed, empty=empty)
    notes = [f"{name} has no example that holds, or none that breaks" for name in untold]
    code = int(bool(failed or untold))
    return Answer("policy test", datetime.now(UTC), body, [table], notes, code)
