"""Findings as Markdown: the step's summary, and the one comment of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from ftops.judgement import Judgement
from ftops.review import Change, Entry, Review
from ftops_policies import Rule

MARKER: Final = "<!-- ftops policy check -->"
"""The comment's first line, by which the next run finds it and edits it in place."""

ROWS_MAX: Final = 100
"""More rows than this in one part nobody reads."""

CHARACTERS_MAX: Final = 50_000
"""For all rows together: GitHub refuses a comment of more than 65,536 in all."""

SENTENCE_CHARACTERS_MAX: Final = 600
REMEDIES_MAX: Final = 10
MARKS: Final = {"block": "**block**", "warn": "warn", "info": "info"}
STATES: Final = {"unknown": "*not known*", "waived": "*waived*"}


def render_markdown(review: Review, rules: Sequence[Rule] = ()) -> str:
    """A headline, a row for each environment, then the findings: new, still there, fixed.

    What blocks comes first and is never folded; of `rules` it says what to do about that.
    """
    return "\n".join(_lines(review, rules)) + "\n"


def _lines(review: Review, rules: Sequence[Rule]) -> Iterator[str]:
    entries = review.entries()
    yield MARKER
    yield f"### {_headline(review, entries)}"
    yield ""
    yield from _environments(review)
    left, remedies = CHARACTERS_MAX, "\n".join(_remedies(entries, rules))
    for title, listed, folded in _parts(review, entries):
        if folded and remedies:
            yield remedies
            remedies = ""
        if listed:
            text = "\n".join(_part(title, listed, left, folded=folded))
            left -= len(text)
            yield text
    for name, why in review.unread.items():
        yield f"\n{_inline(name)} cannot be compared: {_inline(why)}"


def _parts(review: Review, entries: Sequence[Entry]) -> Iterator[tuple[str, Sequence[Entry], bool]]:
    """Each part's title and entries, and whether it is folded: old ones that block are not."""
    by_change: dict[Change | None, list[Entry]] = {}
    for each in sorted(entries, key=lambda each: each.finding.rank):
        by_change.setdefault(each.change, []).append(each)
    still = by_change.get("still", [])
    yield "Findings", by_change.get(None, []), False
    yield "New", by_change.get("new", []), False
    yield "Still there and blocking", [each for each in still if each.finding.blocks], False
    yield "Still there", [each for each in still if not each.finding.blocks], True
    yield "Fixed", sorted(review.fixed(), key=lambda each: each.finding.rank), True


def _headline(review: Review, entries: Sequence[Entry]) -> str:
    blocking = [each for each in entries if each.finding.blocks]
    if blocking:
        end = "1 finding blocks" if len(blocking) == 1 else f"{len(blocking)} findings block"
    else:
        end = "nothing blocks" if entries else "no findings"
    if not review.base:
        return f"ftops policy check: {end}"
    new = sum(each.change == "new" for each in blocking)
    told = f" ({new} new)" if 0 < new < len(blocking) else ""
    return f"ftops policy check: {end}{told}, compared with `{_code(review.base)}`"


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


def _part(title: str, listed: Sequence[Entry], left: int, *, folded: bool) -> Iterator[str]:
    """The part's rows, as many as there is room for in `left` characters, and how many more."""
    head = f"{title} ({len(listed)})"
    yield ""
    yield f"<details><summary>{head}</summary>" if folded else f"**{head}**"
    yield ""
    yield "| | where | what |"
    yield "| --- | --- | --- |"
    shown = 0
    for row in map(_row, listed[:ROWS_MAX]):
        left -= len(row) + 1
        if left < 0:
            break
        shown += 1
        yield row
    if shown < len(listed):
        yield f"\nand {len(listed) - shown} more: `ftops policy check` lists them all"
    if folded:
        yield "\n</details>"


def _row(entry: Entry) -> str:
    finding = entry.finding
    mark = STATES.get(finding.state) or MARKS[finding.severity]
    about = f"`{_code(finding.resource)}`: " if finding.resource else ""
    why = f" *({_inline(finding.waiver)})*" if finding.waiver else ""
    said = f"{about}{_inline(finding.message)}{why}<br>`{finding.rule}`"
    return f"| {mark} | `{_code(finding.place)}` | {said} |"


def _remedies(entries: Sequence[Entry], rules: Sequence[Rule]) -> Iterator[str]:
    """What to do about each rule that blocks, the first few of them."""
    remedy = {rule.id: rule.remedy for rule in rules}
    names = dict.fromkeys(each.finding.rule for each in entries if each.finding.blocks)
    known = [name for name in names if name in remedy]
    if not known:
        return
    yield "\n**What to do**\n"
    yield from (f"- `{name}`: {_prose(remedy[name])}" for name in known[:REMEDIES_MAX])
    if len(known) > REMEDIES_MAX:
        yield f"- {len(known) - REMEDIES_MAX} more rules: `ftops policy explain RULE`"


def _inline(text: str) -> str:
    """Text that stays text: no markup, no link, nobody called by name, all on one line."""
    return _escape(_one_line(text))


def _prose(text: str) -> str:
    """The same, where pairs of backticks are code."""
    parts = re.split(r"`([^`]+)`", _one_line(text))
    return "".join(f"`{_code(part)}`" if i % 2 else _escape(part) for i, part in enumerate(parts))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    long = len(line) > SENTENCE_CHARACTERS_MAX
    return f"{line[:SENTENCE_CHARACTERS_MAX]} ..." if long else line


def _escape(text: str) -> str:
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = re.sub(r"([\\`*_{}\[\]()!|~$])", r"\\\1", shown)
    return escaped.replace("@", "@\u200b").replace("://", ":\u200b//")


def _code(text: str) -> str:
    """Text inside a code span of a table; what would end either is shown as another sign."""
    return " ".join(text.split()).replace("`", "\u02cb").replace("|", "\u00a6") or " "
