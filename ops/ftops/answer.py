"""What a command says: one JSON object for programs, tables for people, CSV for sheets."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
Row = TypeVar("Row")

UNKNOWN = "unknown"
COLUMNS_UNTOLD = 120
"""A log or a pipe has no width of its own; rich's 80 would fold most of our tables."""

WORD_COLUMNS_MAX = 32
"""A name up to this long is not broken where there is room; a tuned model's is longer."""
ROWS_MAX = 500
"""Nobody reads more, and a table of 20,000 takes half a minute to draw."""

COLUMNS_BETWEEN = 3
"""Between two columns, and once more at the edges."""


@dataclass(frozen=True)
class Table:
    """Rows under named columns; `None` in a row is shown as unknown, never as zero."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    title: str = ""
    empty: str = "nothing to show"


@dataclass(frozen=True)
class Answer:
    """One command's answer: `body` is its JSON, `tables` the same for people.

    `command` is the path as typed ("cost report"); `now` is the instant it speaks of (UTC).
    `exit_code` 1 means that the answer is no. The first table is what CSV prints.
    """

    command: str
    now: datetime
    body: Mapping[str, object]
    tables: Sequence[Table] = ()
    notes: Sequence[str] = field(default=())
    exit_code: int = 0


def output_option(command: Command) -> Command:
    """Gives a command `--output table|json|csv`, handed over as `output`."""
    option = click.option(
        "--output",
        type=click.Choice(["table", "json", "csv"]),
        default="table",
        show_default=True,
        help="Tables for people, JSON for programs, CSV for sheets.",
    )
    return option(command)


def emit(answer: Answer, output: str) -> None:
    """Prints the answer on stdout, its notes on stderr, and ends with its exit code."""
    if output == "json":
        click.echo(render_json(answer))
    elif output == "csv":
        click.echo(render_csv(answer), nl=False)
    else:
        for table in answer.tables:
            print_table(table)
    for note in answer.notes:
        click.echo(note, err=True)
    if answer.exit_code:
        click.get_current_context().exit(answer.exit_code)


def render_json(answer: Answer) -> str:
    """The envelope of every JSON answer: schema, now, then the body."""
    schema = f"ftops/{answer.command.replace(' ', '-')}/v1"
    whole = {"schema": schema, "now": answer.now, **answer.body}
    return json.dumps(whole, default=_plain, ensure_ascii=False, indent=2)


def render_csv(answer: Answer) -> str:
    """The first table as RFC 4180 text; an unknown is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if answer.tables:
        writer.writerow(answer.tables[0].columns)
        writer.writerows([_cell(value, "") for value in row] for row in answer.tables[0].rows)
    return text.getvalue()


def worst_rows(rows: Sequence[Row], order: Callable[[Row], int]) -> tuple[list[Row], list[str]]:
    """As many rows as a person reads, the lowest by `order`, where they stood; a note on the rest.

    For a table alone: JSON and CSV are whole.
    """
    if len(rows) <= ROWS_MAX:
        return list(rows), []
    kept = sorted(sorted(range(len(rows)), key=lambda place: order(rows[place]))[:ROWS_MAX])
    more = f"{len(rows) - ROWS_MAX} more rows, none worse: --output csv or json has them all"
    return [rows[place] for place in kept], [more]


def print_table(table: Table) -> None:
    """A table as wide as the terminal; numbers to the right, unknown said as such."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    told = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(width=None if told else COLUMNS_UNTOLD)
    if not table.rows:
        console.print(Text(table.empty))
        return
    cells = [[_cell(value, UNKNOWN) for value in row] for row in table.rows]
    grid = Grid(title=table.title or None, title_justify="left", box=box.SIMPLE_HEAD)
    widths = column_widths([table.columns, *cells], console.width)
    for index, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        numeric = all(isinstance(row[index], int | float | Decimal | None) for row in table.rows)
        justify: Literal["right", "left"] = "right" if numeric else "left"
        grid.add_column(column, justify=justify, overflow="fold", width=width)
    for row in cells:
        grid.add_row(*map(Text, row))
    console.print(grid)


def column_widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """What each column gets: its words first, then the rest where the cells are tallest."""
    wanted = [max(1, *map(len, column)) for column in zip(*rows, strict=True)]
    room = width - COLUMNS_BETWEEN * len(wanted) - 1
    if sum(wanted) <= room:
        return wanted
    widths = word_floors(rows, width)
    for _ in range(room - sum(widths)):
        folded = max(range(len(widths)), key=lambda index: wanted[index] / widths[index])
        widths[folded] += 1
    return widths


def word_floors(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The columns that each column needs at least, so that as few words as can be are broken."""
    longest = [
        max(len(word) for cell in column for word in (*cell.split(), "-"))
        for column in zip(*rows, strict=True)
    ]
    room = width - COLUMNS_BETWEEN * len(longest) - 1
    for cap in range(WORD_COLUMNS_MAX, 0, -2):
        floors = [min(cap, length) for length in longest]
        if sum(floors) <= room:
            return floors
    return [1] * len(longest)


def rfc3339(moment: datetime) -> str:
    """An instant as `2026-11-21T08:00:00Z`; a moment without a zone is a mistake of ours."""
    assert moment.tzinfo is not None, "every instant carries its zone"
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _cell(value: object, unknown: str) -> str:
    if value is None:
        return unknown
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    msg = f"{type(value).__name__} has no JSON form here"
    raise TypeError(msg)
