"""`ftops policy explain`: one rule, why it is there and what to do about it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops_catalog.errors import BadUsage
from ftops_catalog.hint import did_you_mean

if TYPE_CHECKING:
    from ftops_policies import Rule

ANSWER = (
    "rule",
    "title",
    "rationale",
    "severity",
    "applies_to",
    "parameters.*",
    "remedy",
    "fix",
    "references",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("explain")
@click.argument("rule_id", metavar="RULE")
@output_option
def command(rule_id: str, output: str) -> None:
    """Explain a rule: what must hold, why, what to do, and who says so.

    \b
    Examples:
      ftops policy explain key-access-is-off
      ftops policy explain capacity-is-bounded --output json
    """
    from ftops_policies import read_rules
    from ftops_policies.own import join_project_rules

    join_project_rules(Path.cwd())
    book = {rule.id: rule for rule in read_rules()}
    if rule_id not in book:
        raise BadUsage(f"there is no rule {rule_id!r}", did_you_mean(rule_id, book))
    body = _body(book[rule_id])
    rows = [(name, _text(value)) for name, value in body.items() if value]
    emit(Answer("policy explain", datetime.now(UTC), body, [Table(("", "text"), rows)]), output)


def _body(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.id,
        "title": rule.title,
        "rationale": " ".join(rule.rationale.split()),
        "severity": rule.severity,
        "applies_to": list(rule.applies_to),
        "parameters": dict(rule.parameters),
        "remedy": rule.remedy,
        "fix": dict(rule.fix) or None,
        "references": list(rule.references),
    }


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_text(each)}" for name, each in value.items())
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
