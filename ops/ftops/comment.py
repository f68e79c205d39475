"""Findings as Markdown: the step's summary, and the one comment of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from ftops.judgement import Judgement
from ftops.review import Entry, Review

MARKER: Final = "<!-- ftops policy check -->"
"""The comment's first line, by which the next run finds it and edits it in place."""

ROWS_MAX: Final = 100
"""A comment holds 65,536 characters; more rows than this nobody reads."""

MARKS: Final = {"block": "**block**", "warn": "warn", "info": "info"}
STATES: Final = {"unknown": "*not known*", "waived": "*waived*"}
FOLDED: Final = frozenset({"Still there", "Fixed"})


def render_markdown(review: Review) -> str:
    """A headline, a row for each environment, then the findings: new, still there, fixed."""
    return "\n".join(_lines(review)) + "\n"


def _lines(review: Review) -> Iterator[str]:
    entries = review.entries()
    yield MARKER
    yield f"### {_headline(review, entries)}"
    yield ""
    yield from _environments(review)
    parts = {
        "Findings": [each for each in entries if each.change is None],
        "New": [each for each in entries if each.change == "new"],
        "Still there": [each for each in entries if each.change == "still"],
        "Fixed": review.fixed(),
    }
    for title, listed in parts.items():
        if listed:
            yield from _part(title, listed)
    for name, why in review.unread.items():
        yield f"\n{_inline(name)} cannot be compared: {_inline(why)}"


def _headline(review: Review, entries: Sequence[Entry]) -> str:
    blocking = sum(each.finding.blocks for each in entries)
    if blocking:
        end = "1 finding blocks" if blocking == 1 else f"{blocking} findings block"
    else:
        end = "nothing blocks" if entries else "no findings"
    against = f", against `{_code(review.base)}`" if review.base else ""
    return f"ftops policy check: {end}{against}"


def _environments(review: Review) -> Iterator[str]:
    yield "| environment | resources | block | warn | not known | waived | USD per hour |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for judgement in review.judgements:
        found = judgement.findings
        cells = (
            f"`{_code(judgement.environment)}`",
            judgement.resources,
            sum(each.blocks for each in found),
            sum(each.severity == "warn" and each.state == "broken" for each in found),
            sum(each.state == "unknown" for each in found),
            sum(each.state == "waived" for each in found),
            _price(review, judgement),
        )
        yield f"| {' | '.join(map(str, cells))} |"


def _price(review: Review, judgement: Judgement) -> str:
    after = _usd(judgement)
    was = review.before.get(judgement.environment)
    if not review.base or judgement.environment in review.unread:
        return after
    before = _usd(was) if was else "0.00"
    more = judgement.usd_per_hour - (was.usd_per_hour if was else Decimal(0))
    return f"{before} → {after} ({more:+,.2f})" if more or before != after else after


def _usd(judgement: Judgement) -> str:
    """At list price; what nobody knows the price of is never counted as nothing."""
    least = "at least " if judgement.unpriced else ""
    return f"{least}{judgement.usd_per_hour:,.2f}"


def _part(title: str, listed: Sequence[Entry]) -> Iterator[str]:
    head = f"{title} ({len(listed)})"
    folded = title in FOLDED
    yield ""
    # What blocks is read at once, however old it is.
    state = " open" if title != "Fixed" and any(each.finding.blocks for each in listed) else ""
    yield f"<details{state}><summary>{head}</summary>" if folded else f"**{head}**"
    yield ""
    yield "| | where | rule | what |"
    yield "| --- | --- | --- | --- |"
    yield from map(_row, listed[:ROWS_MAX])
    if len(listed) > ROWS_MAX:
        yield f"\nand {len(listed) - ROWS_MAX} more"
    if folded:
        yield "\n</details>"


def _row(entry: Entry) -> str:
    finding = entry.finding
    mark = STATES.get(finding.state) or MARKS[finding.severity]
    place = f"{finding.file}:{finding.line}" if finding.line else str(finding.file)
    about = f"`{_code(finding.resource)}`: " if finding.resource else ""
    why = f" *({_inline(finding.waiver)})*" if finding.waiver else ""
    cells = (
        mark,
        f"`{_code(place)}`",
        f"`{finding.rule}`",
        f"{about}{_inline(finding.message)}{why}",
    )
    return f"| {' | '.join(cells)} |"


def _inline(text: str) -> str:
    """Text that stays text: no markup, no link, nobody called by name, all on one line."""
    one_line = " ".join(text.split())
    shown = one_line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = re.sub(r"([\\`*_{}\[\]()!|~$])", r"\\\1", shown)
    return escaped.replace("@", "@\u200b").replace("://", ":\u200b//")


def _code(text: str) -> str:
    """Text inside a code span of a table; what would end either is shown as another sign."""
    return " ".join(text.split()).replace("`", "\u02cb").replace("|", "\u00a6") or " "
