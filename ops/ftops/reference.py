"""`docs/commands.md`, rendered from the command table; `python -m ftops.reference` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import click

from ftops.cli import COMMANDS, main
from ftops.variable import VARIABLES
from ftops_catalog import errors

PAGE = Path("docs/commands.md")

HEAD = """\
# Commands

This page is written by `make docs` from the commands themselves.

Every command takes `--output table|json|csv`: tables for people, JSON for programs. A JSON answer
is one object with `schema` and `now`; money is a decimal string, unknown is `null`, times are
RFC 3339 in UTC. Messages go to stderr. The other names of an answer stand below each command:
`plan[]` is a list, `*` stands for names that the data brings.
"""

EXIT_CODES = (
    (0, "done; a dry run that found something is done"),
    (1, "the answer is no: findings, bad data, over budget, blocked"),
    (2, "used wrongly; a file that is not there counts as that"),
    (3, "Azure or Pulumi refused; Azure's own code is quoted"),
    (4, "the world is not as required: unreadable or unknown config, a conflict, no sandbox"),
    (130, "interrupted; the same command can be run again"),
)


def render() -> str:
    """The whole page."""
    parts = [HEAD, _exit_codes(), _errors(), _variables(), *map(_command, _paths())]
    return "\n".join(parts)


def _paths() -> Iterator[str]:
    return (row.path for row in COMMANDS)


def find_command(path: str) -> click.Command:
    """The click command at a path such as `cost report`."""
    group: click.Command = main
    for name in path.split():
        assert isinstance(group, click.Group), f"{path} runs through a command"
        found = group.get_command(click.Context(group), name)
        assert found is not None, f"{path} is in the table and nowhere else"
        group = found
    return group


def find_answer(path: str) -> Sequence[str]:
    """The names of a command's JSON answer; none for a command that prints no JSON."""
    row = next(row for row in COMMANDS if row.path == path)
    return getattr(import_module(row.module), "ANSWER", ())


def _command(path: str) -> str:
    command = find_command(path)
    context = click.Context(command, info_name=f"ftops {path}", max_content_width=100)
    text = f"## ftops {path}\n\n```text\n{command.get_help(context)}\n```\n"
    names = find_answer(path)
    return f"{text}\n{_names(names)}" if names else text


def _names(names: Sequence[str]) -> str:
    """Names under one head on one line: `plan[]`: `deployment`, `account`."""
    heads: dict[str, list[str]] = {}
    for name in names:
        head, _, last = name.rpartition(".")
        heads.setdefault(head, []).append(f"`{last}`")
    lines = [f"- `{head}`: {', '.join(leaves)}" for head, leaves in heads.items() if head]
    top = [f"- {', '.join(heads[''])}"] if "" in heads else []
    return "\n".join(["JSON:", "", *top, *lines, ""])


def _exit_codes() -> str:
    rows = "\n".join(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES)
    return f"## Exit codes\n\n| code | meaning |\n| --- | --- |\n{rows}\n"


def _errors() -> str:
    kinds = sorted(errors.FtopsError.__subclasses__(), key=lambda kind: kind.code)
    rows = "\n".join(
        f"| `{kind.code}` | {kind.exit_code} | {(kind.__doc__ or '').splitlines()[0]} |"
        for kind in kinds
    )
    return f"## Errors\n\n| code | exit code | meaning |\n| --- | --- | --- |\n{rows}\n"


def _variables() -> str:
    rows = "\n".join(f"| `{variable.name}` | {variable.meaning} |" for variable in VARIABLES)
    return f"## Environment variables\n\n| name | meaning |\n| --- | --- |\n{rows}\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
