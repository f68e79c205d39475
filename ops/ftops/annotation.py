"""Findings as GitHub's workflow commands: each one a note at its line of the pull request."""

from __future__ import annotations

from typing import Final

from ftops.review import Entry, Review

COMMANDS: Final = {"block": "error", "warn": "warning", "info": "notice"}


def render_annotations(review: Review) -> str:
    """One command for each finding; nothing that a finding holds can end or start another one."""
    return "\n".join(_annotation(each, review.prefix) for each in review.entries())


def _annotation(entry: Entry, prefix: str) -> str:
    finding = entry.finding
    known = finding.state == "broken"
    command = COMMANDS[finding.severity] if known else "notice"
    title = finding.rule if known else f"{finding.rule} ({finding.state})"
    fields = {"file": f"{prefix}{finding.file}", "line": finding.line, "title": title}
    written = ",".join(f"{key}={_field(str(value))}" for key, value in fields.items() if value)
    about = f"{finding.resource}: " if finding.resource else ""
    why = f" ({finding.waiver})" if finding.waiver else ""
    return f"::{command} {written}::{_text(f'{about}{finding.message}{why}')}"


def _text(value: str) -> str:
    """GitHub reads a line as a command, and these three as their codes."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _field(value: str) -> str:
    return _text(value).replace(":", "%3A").replace(",", "%2C")
