"""The ledger: what was written is read again, whatever happened to the file in between."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.ledger import Entry, Ledger, parse_entry
from ftops_catalog.errors import BadConfig, Conflict, NotReady

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
ACCOUNT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/P/accounts/a"
AT = datetime(2026, 11, 21, 8, 20, 0, 250000, tzinfo=UTC)


def entry(name: str = "d", **body: str) -> Entry:
    return Entry("deleting", AT, f"{ACCOUNT}/deployments/{name}", body, "idle")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "deep" / "ledger.jsonl", SUBSCRIPTION)


def test_an_absent_ledger_is_empty(ledger: Ledger) -> None:
    assert ledger.read().entries == ()


def test_what_is_appended_is_read_in_order(ledger: Ledger) -> None:
    written = [entry("a", sku="Standard"), entry("b"), entry("c", note="\u2028 line\nbreak")]
    for each in written:
        ledger.append(each)

    assert list(ledger.read().entries) == written


def test_a_torn_last_line_is_passed_over_said_and_swallows_nothing(ledger: Ledger) -> None:
    ledger.append(entry("a"))
    ledger.append(entry("b"))
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole[:-9])
    ledger.append(entry("c"))

    pages = ledger.read()

    assert [each.subject[-1] for each in pages.entries] == ["a", "c"]
    assert pages.torn == (2,)
    assert "line 2 is torn" in pages.notes(ledger.path)[0]


@given(st.integers(0, 250))
def test_cut_anywhere_every_whole_line_is_still_read(cut: int) -> None:
    line = json.dumps({"version": 1, "kind": "deleted", "at": "2026-11-21T08:20:00Z"})
    line = line[:-1] + f', "subject": "{ACCOUNT}/deployments/d", "body": {{"a": "}}"}}}}'

    assert parse_entry(line, "here") is not None
    if cut < len(line):
        assert parse_entry(line[:cut], "here") is None


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")))
def test_any_text_is_an_entry_or_torn_or_of_another_version(text: str) -> None:
    try:
        found = parse_entry(text, "here")
    except BadConfig as error:
        assert "version" in error.message  # noqa: PT017 - one of three allowed ends
    else:
        assert found is None or isinstance(found, Entry)


def test_a_ledger_of_a_newer_ftops_is_refused(ledger: Ledger) -> None:
    ledger.append(entry())
    with ledger.path.open("a") as file:
        file.write('{"version": 2, "kind": "deleted"}\n')

    with pytest.raises(BadConfig, match="line 2: version 2"):
        ledger.read()


def test_entries_of_another_subscription_are_left_alone(ledger: Ledger) -> None:
    ledger.append(entry())

    assert Ledger(ledger.path, "another").read().entries == ()
    with pytest.raises(AssertionError, match="another subscription"):
        Ledger(ledger.path, "another").append(entry())


def test_only_one_writer_acts_at_a_time(ledger: Ledger) -> None:
    again = Ledger(ledger.path, SUBSCRIPTION)

    with ledger.held(), pytest.raises(Conflict, match="another ftops"), again.held():
        pass
    with again.held():
        pass


def test_a_ledger_that_cannot_be_written_stops_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(NotReady, match="cannot be"):
        Ledger(tmp_path / "file" / "ledger.jsonl", SUBSCRIPTION).append(entry())


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ftops.ledger import Entry, Ledger
path, subscription, subject = sys.argv[1:]
for _ in range(20):
    entry = Entry("deleting", datetime.now(UTC), subject, {"text": "x" * 2000})
    Ledger(Path(path), subscription).append(entry)
"""


def test_writers_side_by_side_tear_no_line(ledger: Ledger) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, ledger.path, SUBSCRIPTION, entry(name).subject]
        )
        for name in ("a", "b")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]

    assert len(ledger.read().entries) == 40
    assert ledger.read().torn == ()
