"""`ftops data check`: is this training file any good, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.training_option import allow_option

if TYPE_CHECKING:
    from ftops.dataset.check import Check
    from ftops.dataset.problem import Problem

SHOWN_PER_RULE = 3

ANSWER = (
    "verdict",
    "file",
    "format",
    "examples",
    "tokens",
    "problem_counts.*",
    "notes[]",
    "validation.file",
    "validation.format",
    "validation.examples",
    "validation.tokens",
    "validation.problem_counts.*",
    "validation.notes[]",
    "problems[].line",
    "problems[].rule",
    "problems[].message",
    "problems[].fix",
    "problems[].file",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--model", help="Also hold the file to what this model trains on.")
@click.option(
    "--validation",
    type=click.Path(path_type=Path),
    help="Check this file too, and that nothing of it is in FILE.",
)
@allow_option
@output_option
def command(
    file: Path, model: str | None, validation: Path | None, allow: tuple[str, ...], output: str
) -> None:
    """Check a training file, line by line, before anything is paid.

    Reads chat, tool calling, vision, DPO, RFT and prompt-completion files as JSON Lines of any
    size. Each problem names its line, its rule and its fix. Exits with 1 where there are any.

    \b
    Examples:
      ftops data check train.jsonl
      ftops data check train.jsonl --validation held-out.jsonl --model gpt-4.1-mini
      ftops data check train.jsonl --allow example-is-unique --output json
    """
    from ftops.dataset.check import check_file
    from ftops.dataset.rule import parse_rules
    from ftops.estimate import limits_of
    from ftops_catalog.catalog import read_catalog

    catalog = read_catalog()
    limits = limits_of(catalog, catalog.model(model) if model else None)
    allowed = parse_rules(allow)
    keep = validation is not None
    checks = [check_file(file, limits, allowed=allowed, keep_prompts=keep)]
    if validation is not None:
        checks.append(check_file(validation, limits, allowed=allowed, trained=checks[0]))
    emit(_answer(checks), output)


def _answer(checks: list[Check]) -> Answer:
    ok = all(check.ok for check in checks)
    problems = [problem for check in checks for problem in check.problems]
    body: dict[str, Any] = {"verdict": "ok" if ok else "problems", **_facts(checks[0])}
    if len(checks) > 1:
        body["validation"] = _facts(checks[1])
    return Answer(
        command="data check",
        now=datetime.now(UTC),
        body={**body, "problems": [asdict(problem) for problem in problems]},
        tables=(_problem_table(problems), _file_table(checks)),
        notes=[f"{check.path.name}: {note}" for check in checks for note in check.notes],
        exit_code=0 if ok else 1,
    )


def _facts(check: Check) -> dict[str, Any]:
    return {
        "file": str(check.path),
        "format": check.format,
        "examples": check.examples,
        "tokens": check.tokens if check.format else None,
        "problem_counts": dict(check.counts),
        "notes": list(check.notes),
    }


def _file_table(checks: Iterable[Check]) -> Table:
    rows = [
        (
            check.path.name,
            _verdict(check),
            check.format,
            check.examples,
            check.tokens if check.format else None,
            check.longest_tokens if check.format else None,
        )
        for check in checks
    ]
    return Table(("file", "verdict", "format", "examples", "tokens", "longest"), rows)


def _verdict(check: Check) -> str:
    rules = ", ".join(f"{rule} x {count}" for rule, count in check.counts.items())
    return rules or "ok"


def _problem_table(problems: Iterable[Problem]) -> Table:
    rows = [
        (Path(each.file).name, each.line or "file", each.rule, each.message, each.fix)
        for each in _first(problems)
    ]
    return Table(("file", "line", "rule", "problem", "fix"), rows, empty="No problems.")


def _first(problems: Iterable[Problem]) -> Iterator[Problem]:
    """A person reads three of a kind; programs get them all."""
    seen: dict[tuple[str, str], int] = {}
    for problem in problems:
        key = (problem.file, problem.rule)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= SHOWN_PER_RULE:
            yield problem
