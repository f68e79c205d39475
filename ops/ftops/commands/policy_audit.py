"""`ftops policy audit`: the rules over what exists in the subscription."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, output_option, worst_rows
from ftops.option import account_option, group_option

if TYPE_CHECKING:
    from ftops.estate import Scope
    from ftops_policies import Finding

FIELDS = ("environment", "severity", "state", "rule", "resource", "message")

ANSWER = (
    "accounts",
    "resources",
    "findings[].environment",
    "findings[].rule",
    "findings[].severity",
    "findings[].state",
    "findings[].resource",
    "findings[].file",
    "findings[].line",
    "findings[].message",
    "findings[].waiver",
    "not_asked",
    "unreadable[].name",
    "unreadable[].reason",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("audit")
@account_option
@group_option
@output_option
def command(account: str | None, resource_group: str | None, output: str) -> None:
    """Judge what exists: accounts, deployments and what else lies in an account.

    The limits and the waivers are those of the environment that a resource's tag names, and the
    defaults for what names none. What Azure does not show is a finding that is not known. Rules
    that look at more than accounts hold (budgets, endpoints, training files, jobs, workflows) are
    not asked here; they are counted, and `ftops policy check` asks them of what is declared. Ends
    with 1 if a finding blocks, or if something could not be read.

    \b
    Examples:
      ftops policy audit
      ftops policy audit --account oai-ftops-prod --output json
    """
    from ftops.estate import Scope

    emit(_answer(Scope(account, resource_group), output), output)


def _answer(scope: Scope, output: str) -> Answer:
    from ftops.audit import audit
    from ftops.azure.existing import read_existing
    from ftops.azure.session import open_session
    from ftops.engine.declaring import mark_declared
    from ftops.stack_file import SETTINGS, find_root
    from ftops_policies import read_rules, read_settings
    from ftops_policies.resource import ACCOUNT

    root = find_root(Path.cwd())
    settings = read_settings(root / SETTINGS)
    session = open_session()
    existing = mark_declared(read_existing(session, scope, read_rules()), root)
    found = audit(existing, settings, session.now)
    rows = [_row(*each) for each in found.findings]
    accounts = sum(each.is_a(ACCOUNT) for each in existing.resources)
    body = {
        "accounts": accounts,
        "resources": len(existing.resources),
        "findings": rows,
        "not_asked": list(found.not_asked),
        "unreadable": [vars(each) for each in existing.unreadable],
    }
    summary = (
        f"{accounts} accounts, {len(existing.resources)} resources, findings: {len(rows)}; "
        f"{len(found.not_asked)} rules look at more than accounts hold, and were not asked"
    )
    worst, more = worst_rows(found.findings, lambda each: each[1].rank)
    shown, notes = (worst, more) if output == "table" else (found.findings, [])
    cells = [[_row(*each)[name] for name in FIELDS] for each in shown]
    table = Table(FIELDS, cells, empty="no findings")
    code = int(found.blocks or bool(existing.unreadable))
    return Answer("policy audit", session.now, body, [table], [*notes, summary], code)


def _row(environment: str, finding: Finding) -> dict[str, str | int | None]:
    return {"environment": environment or None, **finding.as_json()}
