"""Findings as GitHub's workflow commands: each one a note at its line of the pull request."""

from __future__ import annotations

from collections import Counter
from typing import Final

from ftops.review import Entry, Review

COMMANDS: Final = {"block": "error", "warn": "warning", "info": "notice"}
SHOWN_MAX: Final = 10
"""Of each command GitHub shows as many in one step, and drops the others without a word."""


def render_annotations(review: Review) -> str:
    """What is new and what is worst first, as many as GitHub shows; the others as plain lines.

    Nothing that a finding holds can end or start a command.
    """
    said: Counter[str] = Counter()
    notes, others = [], []
    for each in sorted(review.entries(), key=_weight):
        command = _command(each)
        said[command] += 1
        if said[command] <= SHOWN_MAX:
            notes.append(f"::{command} {_place(each, review.prefix)}::{_text(_sentence(each))}")
        else:
            others.append(_plain(each, command, review.prefix))
    if others:
        notes.append(f"GitHub shows {SHOWN_MAX} annotations of a kind; {len(others)} more:")
    return "\n".join([*notes, *others])


def _weight(entry: Entry) -> tuple[bool, bool]:
    return not entry.finding.blocks, entry.change == "still"


def _command(entry: Entry) -> str:
    finding = entry.finding
    return COMMANDS[finding.severity] if finding.state == "broken" else "notice"


def _place(entry: Entry, prefix: str) -> str:
    finding = entry.finding
    known = finding.state == "broken"
    title = finding.rule if known else f"{finding.rule} ({finding.state})"
    fields = {"file": f"{prefix}{finding.file}", "line": finding.line, "title": title}
    return ",".join(f"{key}={_field(str(value))}" for key, value in fields.items() if value)


def _sentence(entry: Entry) -> str:
    finding = entry.finding
    why = f" ({finding.waiver})" if finding.waiver else ""
    return f"{finding.sentence}{why}"


def _plain(entry: Entry, command: str, prefix: str) -> str:
    """A line of the log; the older form of a command may begin anywhere in it."""
    finding = entry.finding
    line = _text(f"{command} {prefix}{finding.place}: {finding.rule}: {_sentence(entry)}")
    return line.replace("##[", "## [")


def _text(value: str) -> str:
    """GitHub reads a line as a command, and these three as their codes."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _field(value: str) -> str:
    return _text(value).replace(":", "%3A").replace(",", "%2C")
