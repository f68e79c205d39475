"""`ftops policy check`: the environments judged by the rules, with no cloud at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.instant import parse_instant
from ftops_catalog.errors import BadUsage
from ftops_catalog.hint import did_you_mean

if TYPE_CHECKING:
    from ftops_policies import EnvironmentSettings, Finding, Settings

FIELDS = ("severity", "state", "rule", "resource", "file", "line", "message")

ANSWER = (
    "findings[].rule",
    "findings[].severity",
    "findings[].state",
    "findings[].resource",
    "findings[].file",
    "findings[].line",
    "findings[].message",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("check")
@click.argument("environments", metavar="[ENV]...", nargs=-1)
@click.option(
    "--as-of",
    metavar="INSTANT",
    help="Judge dates as of this instant (2027-04-01T00:00:00Z) instead of now.",
)
@output_option
def command(environments: tuple[str, ...], as_of: str | None, output: str) -> None:
    """Judge environments by the rules of docs/policies.md: all of stacks/, or those named.

    Reads the stack files, runs the program in the SDK's own test runtime and judges what it
    declares: no network, no credentials, no Pulumi CLI. The limits are policies/settings.yaml.
    Ends with 1 if a finding blocks. What is not known before `up` is listed as unknown; it is no
    pass, and it does not block here, since `pulumi up` judges it again.

    \b
    Examples:
      ftops policy check
      ftops policy check prod --output json
      ftops policy check dev --as-of 2027-04-01T00:00:00Z
    """
    from ftops.stack_file import find_root, list_environments
    from ftops_policies import read_rules, read_settings

    now = _instant(as_of)
    root = find_root(Path.cwd())
    settings = read_settings(root / "policies" / "settings.yaml")
    declared = list_environments(root)
    names = dict.fromkeys(environments or declared)
    judged = [_judge(settings.environment(name), root, now) for name in names]
    findings = [finding for _, found in judged for finding in found]
    unknown = sum(finding.state == "unknown" for finding in findings)
    summary = f"{len(read_rules())} rules, {sum(count for count, _ in judged)} resources, " + (
        f"findings: {len(findings)}, unknown of them: {unknown}" if findings else "no findings"
    )
    answer = Answer(
        "policy check",
        now,
        {"findings": [finding.as_json() for finding in findings]},
        tables=[_sheet(findings) if output == "csv" else _table(findings, summary)],
        notes=[*([summary] if findings else []), *_strangers(settings, declared)],
        exit_code=int(any(finding.blocks for finding in findings)),
    )
    emit(answer, output)


def _strangers(settings: Settings, declared: list[str]) -> list[str]:
    """A section of settings for an environment that no stack file declares may be a typo."""
    return [
        f"policies/settings.yaml has a section for {name}, which has no stack file. "
        + did_you_mean(name, declared)
        for name in settings.environments
        if name not in declared
    ]


def _instant(as_of: str | None) -> datetime:
    if as_of is None:
        return datetime.now(UTC)
    instant = parse_instant(as_of)
    if instant is None:
        raise BadUsage(f"--as-of {as_of!r} is no instant.", "--as-of 2027-04-01T00:00:00Z")
    return instant


def _judge(
    environment: EnvironmentSettings, root: Path, now: datetime
) -> tuple[int, list[Finding]]:
    """How many resources an environment declares, and what the rules say of them."""
    from ftops.engine.listing import list_resources
    from ftops_policies import judge

    resources = list_resources(environment.name, root)
    file = f"stacks/Pulumi.{environment.name}.yaml"
    found = judge(resources, environment, now)
    return len(resources), [replace(each, file=each.file or file) for each in found]


def _table(findings: list[Finding], summary: str) -> Table:
    """Findings for people: three columns, so that sentences fit a terminal."""
    rows = []
    for each in findings:
        mark = "unknown" if each.state == "unknown" else each.severity
        place = f"{each.file}:{each.line}" if each.line else each.file
        about = f"{each.resource}: " if each.resource else ""
        rows.append((mark, place, f"{each.rule}: {about}{each.message}"))
    return Table(("severity", "where", "finding"), rows, empty=summary)


def _sheet(findings: list[Finding]) -> Table:
    return Table(FIELDS, [[each.as_json()[name] for name in FIELDS] for each in findings])
