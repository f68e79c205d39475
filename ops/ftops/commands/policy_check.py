"""`ftops policy check`: the environments judged by the rules, with no cloud at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, worst_rows
from ftops.instant import parse_instant
from ftops_catalog.errors import BadUsage
from ftops_catalog.hint import did_you_mean

if TYPE_CHECKING:
    from ftops.engine.asked import Asked
    from ftops.judgement import Judgement
    from ftops.review import Entry, Review
    from ftops_policies import Settings

FIELDS = ("severity", "state", "rule", "resource", "file", "line", "message")
LOCATED = frozenset({"sarif", "github"})
OUTPUTS = ("table", "json", "csv", "sarif", "junit", "github", "markdown")

ANSWER = (
    "base",
    "environments[].environment",
    "environments[].source",
    "environments[].resources",
    "environments[].usd_per_hour",
    "environments[].unpriced",
    "environments[].before_usd_per_hour",
    "environments[].not_compared",
    "findings[].environment",
    "findings[].rule",
    "findings[].severity",
    "findings[].state",
    "findings[].resource",
    "findings[].file",
    "findings[].line",
    "findings[].message",
    "findings[].waiver",
    "findings[].fingerprint",
    "findings[].change",
    "fixed[].*",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("check")
@click.argument("words", metavar="[ENV|PATH]...", nargs=-1)
@click.option("--since", metavar="REF", help="Only what changed since this left a git revision.")
@click.option(
    "--base", metavar="REF", help="Compare with a git revision: new, fixed, still there, the price."
)
@click.option(
    "--as-of",
    metavar="INSTANT",
    help="Judge dates as of this instant (2027-04-01T00:00:00Z) instead of now.",
)
@click.option("--fresh", is_flag=True, help="Run the program even where nothing has changed.")
@click.option(
    "--output",
    type=click.Choice(OUTPUTS),
    default="table",
    show_default=True,
    help="Besides table, JSON and CSV: SARIF 2.1.0, JUnit, GitHub's annotations, Markdown.",
)
def command(
    words: tuple[str, ...],
    since: str | None,
    base: str | None,
    as_of: str | None,
    fresh: bool,
    output: str,
) -> None:
    """Judge environments by the rules of docs/policies.md: all of stacks/, or those named.

    Reads the stack files, runs the program in the SDK's own test runtime and judges what it
    declares, and with each environment its training jobs (jobs/*.yaml) and their files: no
    network, no credentials, no Pulumi CLI. A PATH is a stack file, a job spec, a training file
    (.jsonl), a project's folder, or what `pulumi preview --json` or `ftops preview --save-plan`
    wrote. A training file by itself is judged under the defaults, or under the environment that
    is named beside it. The limits and the waivers are policies/settings.yaml.

    Ends with 1 if a finding blocks. What is not known before `up` is listed as unknown; it is no
    pass, and it does not block here, since `pulumi up` judges it again. What a program declares
    is kept in .ftops/ by the content of its files, so the next check of the same is quick.

    \b
    Examples:
      ftops policy check
      ftops policy check prod --output json
      ftops policy check jobs/sarcastic.yaml
      ftops policy check dev train.jsonl
      ftops policy check --since origin/main
      ftops policy check --base origin/main --output markdown
      ftops policy check dev --as-of 2027-04-01T00:00:00Z
    """
    from ftops.engine.asked import find_asked

    now = _instant(as_of)
    asked = find_asked(Path.cwd(), words, since, base)
    _tell(replace(asked, fresh=fresh, located=output in LOCATED), now, output)


def _tell(asked: Asked, now: datetime, output: str) -> None:
    from ftops.engine.judging import review
    from ftops.stack_file import SETTINGS
    from ftops_policies import read_rules, read_settings

    settings = read_settings(asked.root / SETTINGS)
    found = review(asked, settings, now)
    summary = _summary(found, len(read_rules()))
    notes = _notes(found, settings, asked)
    if output in {"table", "json", "csv"}:
        told = [summary, *notes] if found.entries() else notes
        emit(_answer(found, now, summary, told, output), output)
        return
    click.echo(_rendered(found, output), nl=output != "markdown")
    for note in (summary, *notes):
        click.echo(note, err=True)
    click.get_current_context().exit(int(found.blocks))


def _rendered(found: Review, output: str) -> str:
    from ftops.annotation import render_annotations
    from ftops.comment import render_markdown
    from ftops.junit import render_junit
    from ftops.sarif import render_sarif
    from ftops_policies import read_rules

    if output == "github":
        return render_annotations(found)
    if output == "markdown":
        return render_markdown(found, read_rules())
    return (render_sarif if output == "sarif" else render_junit)(found, read_rules())


def _answer(found: Review, now: datetime, summary: str, notes: list[str], output: str) -> Answer:
    body = {
        "base": found.base or None,
        "environments": [_environment(found, each) for each in found.judgements],
        "findings": [_finding(each) for each in found.entries()],
        "fixed": [_finding(each) for each in found.fixed()],
    }
    entries, more = worst_rows(found.entries(), lambda each: each.finding.rank)
    table = _sheet(found.entries()) if output == "csv" else _table(entries, summary)
    told = [*notes, *more] if output == "table" else notes
    return Answer("policy check", now, body, [table], told, int(found.blocks))


def _environment(found: Review, judgement: Judgement) -> dict[str, object]:
    was = found.before.get(judgement.environment)
    return {
        "environment": judgement.environment,
        "source": judgement.source,
        "resources": judgement.resources,
        "usd_per_hour": judgement.usd_per_hour,
        "unpriced": judgement.unpriced,
        "before_usd_per_hour": was.usd_per_hour if was else None,
        "not_compared": found.unread.get(judgement.environment),
    }


def _finding(entry: Entry) -> dict[str, object]:
    return {
        "environment": entry.environment,
        **entry.finding.as_json(),
        "fingerprint": entry.fingerprint,
        "change": entry.change,
    }


def _summary(found: Review, rules: int) -> str:
    entries = found.entries()
    unknown = sum(each.finding.state == "unknown" for each in entries)
    waived = sum(each.finding.state == "waived" for each in entries)
    said = f"findings: {len(entries)}, unknown of them: {unknown}" if entries else "no findings"
    said += f", waived: {waived}" if waived else ""
    if found.base:
        new = sum(each.change == "new" for each in entries)
        said += f"; against {found.base}: {new} new, {len(found.fixed())} fixed"
    return f"{rules} rules, {sum(each.resources for each in found.judgements)} resources, {said}"


def _notes(found: Review, settings: Settings, asked: Asked) -> list[str]:
    """A section of settings for an environment that no stack file declares may be a typo."""
    from ftops.stack_file import list_environments

    declared = list_environments(asked.root)
    unread = [f"{name} cannot be compared: {why}" for name, why in found.unread.items()]
    return unread + [
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


def _table(entries: list[Entry], summary: str) -> Table:
    """Findings for people: three columns, so that sentences fit a terminal."""
    rows = []
    for entry in entries:
        each = entry.finding
        why = f" ({each.waiver})" if each.waiver else ""
        new = "new: " if entry.change == "new" else ""
        rows.append((each.mark, each.place, f"{new}{each.rule}: {each.sentence}{why}"))
    return Table(("severity", "where", "finding"), rows, empty=summary)


def _sheet(entries: list[Entry]) -> Table:
    return Table(FIELDS, [[each.finding.as_json()[name] for name in FIELDS] for each in entries])
