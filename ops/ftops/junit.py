"""Findings as JUnit XML: a suite for each environment, a case for each rule and each finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from ftops.review import Entry, Review
from ftops_policies import Rule

ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


def render_junit(review: Review, rules: Sequence[Rule]) -> str:
    """A finding that blocks is a failure; one that is not known, or waived, is skipped.

    What only warns passes, and says so in the case's output.
    """
    entries = review.entries()
    suites = [
        _suite(name, [each for each in entries if each.environment == name], rules)
        for name in (judgement.environment for judgement in review.judgements)
    ]
    body = "\n".join(suites)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ftops">\n{body}\n</testsuites>'
    )


def _suite(environment: str, entries: Sequence[Entry], rules: Sequence[Rule]) -> str:
    said = {each.finding.rule for each in entries}
    quiet = [_case(environment, rule.id, "") for rule in rules if rule.id not in said]
    cases = [*quiet, *map(_finding, entries)]
    failures = sum(each.finding.blocks for each in entries)
    skipped = sum(each.finding.state != "broken" for each in entries)
    head = (
        f"<testsuite name={_attribute(environment)} tests={_attribute(len(cases))} "
        f'failures={_attribute(failures)} errors="0" skipped={_attribute(skipped)}>'
    )
    return "\n".join([head, *cases, "</testsuite>"])


def _finding(entry: Entry) -> str:
    finding = entry.finding
    text = f"{finding.place}: {finding.sentence}"
    if finding.blocks:
        kind, sentence = _attribute(finding.severity), _attribute(finding.message)
        inner = f"<failure type={kind} message={sentence}>{_text(text)}</failure>"
    elif finding.state == "broken":
        inner = f"<system-out>{_text(f'{finding.severity}: {text}')}</system-out>"
    else:
        why = f"waived: {finding.waiver}" if finding.waiver else f"not known: {text}"
        inner = f"<skipped message={_attribute(why)}/>"
    name = f"{finding.rule} {finding.resource}".strip()
    return _case(entry.environment, name, inner)


def _case(environment: str, name: str, inner: str) -> str:
    start = f"<testcase classname={_attribute(environment)} name={_attribute(name)}"
    return f"{start}>{inner}</testcase>" if inner else f"{start}/>"


def _attribute(value: object) -> str:
    return quoteattr(
        ILLEGAL.sub("\ufffd", str(value)), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
    )


def _text(value: str) -> str:
    return escape(ILLEGAL.sub("\ufffd", value))
