"""Instants and spans, as Azure and people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.instant import hours_in, parse_instant, parse_since, parse_span, said
from ftops_catalog.errors import BadUsage

NOW = datetime(2026, 11, 21, 8, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-21T08:00:00Z", 8),
        ("2026-11-21T08:00:00.1234567Z", 8),
        ("2026-11-21T10:00:00+02:00", 8),
    ],
)
def test_an_instant_carries_its_zone(text: str, hour: int) -> None:
    found = parse_instant(text)

    assert found is not None
    assert (found.hour, found.tzinfo) == (hour, UTC)


@pytest.mark.parametrize(
    "text", ["2026-11-21T08:00:00", "2026-11-21", "", "soon", None, 17, "0001-01-01T00:00:00+14:00"]
)
def test_anything_else_is_no_instant(text: object) -> None:
    assert parse_instant(text) is None


@given(st.text())
def test_reading_an_instant_never_fails(text: str) -> None:
    found = parse_instant(text)

    assert found is None or found.tzinfo is UTC


def test_since_is_a_span_back_or_an_instant() -> None:
    assert parse_since("36h", NOW) == NOW - timedelta(hours=36)
    assert parse_since("2026-11-01T00:00:00Z", NOW) == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "7", "yesterday", "2027-01-01T00:00:00Z", "999999w", "-1d"])
def test_since_refuses_what_is_no_past(text: str) -> None:
    with pytest.raises(BadUsage, match="--since"):
        parse_since(text, NOW)


@pytest.mark.parametrize("text", ["0h", "soon", ""])
def test_a_span_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadUsage, match="--ttl"):
        parse_span(text, "--ttl")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(hours=31, minutes=59), "31 h"),
        (timedelta(days=9, hours=12), "9.5 days"),
        (timedelta(days=10), "10 days"),
    ],
)
def test_a_span_is_said_as_people_say_it(span: timedelta, text: str) -> None:
    assert said(span) == text


def test_hours_are_rounded_down() -> None:
    assert str(hours_in(timedelta(hours=23, minutes=59))) == "23.9"
