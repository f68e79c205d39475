"""Answers: one envelope for programs, tables for people, unknown never shown as zero."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.answer import (
    Answer,
    Table,
    column_widths,
    emit,
    output_option,
    render_csv,
    render_json,
    rfc3339,
    word_floors,
    worst_rows,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
TABLE = Table(("name", "cost_usd", "kept"), [("a", Decimal("1.70"), True), ("b", None, False)])


@pytest.fixture
def answer() -> Answer:
    body = {"rows": [{"cost_usd": Decimal("1.70"), "seen": NOW, "owner": None}]}
    return Answer("cost report", NOW, body, [TABLE], notes=["an estimate"], exit_code=1)


def _printed(answer: Answer, output: str) -> Result:
    @click.command()
    @output_option
    def say(output: str) -> None:
        emit(answer, output)

    return CliRunner().invoke(say, ["--output", output])


def test_json_has_schema_now_and_plain_values(answer: Answer) -> None:
    whole = json.loads(render_json(answer))

    assert whole["schema"] == "ftops/cost-report/v1"
    assert whole["now"] == "2026-11-21T08:00:00Z"
    assert whole["rows"] == [{"cost_usd": "1.70", "seen": "2026-11-21T08:00:00Z", "owner": None}]


def test_csv_leaves_an_unknown_empty(answer: Answer) -> None:
    assert render_csv(answer) == "name,cost_usd,kept\na,1.70,yes\nb,,no\n"


def test_a_table_says_unknown(answer: Answer) -> None:
    done = _printed(answer, "table")

    assert "unknown" in done.stdout
    assert "1.70" in done.stdout


def test_notes_go_to_stderr_and_the_exit_code_is_the_answers(answer: Answer) -> None:
    done = _printed(answer, "json")

    assert done.stderr == "an estimate\n"
    assert json.loads(done.stdout)
    assert done.exit_code == 1


def test_an_empty_table_says_so_in_words() -> None:
    done = _printed(Answer("quota", NOW, {}, [Table(("a",), [], empty="no pools here")]), "table")

    assert done.stdout == "no pools here\n"


def test_an_instant_is_written_in_utc() -> None:
    lisbon_in_summer = datetime(2026, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))

    assert rfc3339(lisbon_in_summer) == "2026-07-01T08:30:00Z"


@settings(max_examples=50)
@given(
    st.lists(st.lists(st.text("ab ", max_size=40), min_size=3, max_size=3), min_size=1),
    st.integers(13, 200),
)
def test_columns_always_fit_the_terminal(rows: list[list[str]], width: int) -> None:
    assert sum(word_floors(rows, width)) + 3 * 3 + 1 <= width
    assert sum(column_widths(rows, width)) + 3 * 3 + 1 <= width


def test_a_word_is_not_broken_where_there_is_room() -> None:
    rows = [["model", "skus"], ["gpt-4.1-mini", "GlobalStandard, Standard"]]

    assert word_floors(rows, 80) == [len("gpt-4.1-mini"), len("GlobalStandard,")]


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    done = _printed(Answer("quota", NOW, {}, [Table(("name",), [("[red]x[/red]",)])]), "table")

    assert "[red]x[/red]" in done.stdout


def test_a_long_table_keeps_the_worst_rows_where_they_stood() -> None:
    rows = [*range(900), -1]

    kept, notes = worst_rows(rows, abs)

    assert kept == [*range(499), -1]
    assert notes == ["401 more rows, none worse: --output csv or json has them all"]
    assert worst_rows(rows[:10], abs) == (rows[:10], [])
