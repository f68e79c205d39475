"""Findings for machines and readers: SARIF, JUnit, annotations and Markdown of one review."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pydantic import ValidationError
from sarif_pydantic import Sarif  # type: ignore[import-untyped]  # ships no types

from ftops.annotation import SHOWN_MAX, render_annotations
from ftops.comment import MARKER, render_markdown
from ftops.judgement import Judgement
from ftops.junit import render_junit
from ftops.review import Review
from ftops.sarif import FINGERPRINT, render_sarif
from ftops_policies import Finding, read_rules

ROOT = Path(__file__).parents[2]
SCHEMAS = [
    folder / "sarif-schema-2.1.0.json"
    for folder in (ROOT.parent / "shared" / "sarif", ROOT / ".ftops")
]
SCHEMA = next((path for path in SCHEMAS if path.is_file()), None)
"""OASIS's own, errata 01; no package brings it, and it is not ours to copy."""

RULES = read_rules()
CAPACITY = Finding(
    "capacity-is-bounded",
    "block",
    "lab/base",
    "The capacity 90 is above the environment's limit of 50.",
    file="stacks/Pulumi.dev.yaml",
    line=12,
)
DARK = replace(CAPACITY, state="unknown", message="sku.capacity is not known until up.")
WAIVED = replace(
    CAPACITY, rule="key-access-is-off", state="waived", waiver="OPS-1, ana, until 2026-12-31: why"
)
MILD = replace(CAPACITY, rule="model-is-not-retired", severity="warn", line=None)

texts = st.text(max_size=30)
findings = st.builds(
    Finding,
    st.sampled_from([*(rule.id for rule in RULES), "rule-crashed", "waiver-is-void"]),
    st.sampled_from(["block", "warn", "info"]),
    texts,
    texts,
    st.sampled_from(["broken", "unknown", "waived"]),
    file=st.sampled_from(["stacks/Pulumi.dev.yaml", "odd name, 100%.yaml"]),
    line=st.none() | st.integers(1, 99),
    waiver=texts,
)


def _review(*found: Finding, base: str = "", was: tuple[Finding, ...] | None = None) -> Review:
    now = Judgement("dev", "stacks/Pulumi.dev.yaml", 5, found, Decimal("3.40"))
    before = {} if was is None else {"dev": replace(now, findings=was, usd_per_hour=Decimal(0))}
    return Review([now], base, before, prefix="infra/")


def _changes(review: Review) -> list[tuple[str, str | None]]:
    return [(each.finding.rule, each.change) for each in [*review.entries(), *review.fixed()]]


def test_what_moved_or_counts_otherwise_is_still_there() -> None:
    moved = replace(CAPACITY, line=40, message="The capacity 70 is above the limit of 50.")

    found = _changes(_review(moved, MILD, base="main", was=(CAPACITY, WAIVED)))

    assert sorted(found) == [
        ("capacity-is-bounded", "still"),
        ("key-access-is-off", "fixed"),
        ("model-is-not-retired", "new"),
    ]


def test_two_findings_of_one_rule_about_one_resource_are_two() -> None:
    other = replace(CAPACITY, message="The deployment states no capacity.")

    assert _changes(_review(CAPACITY, other, base="main", was=(CAPACITY,))) == [
        ("capacity-is-bounded", "still"),
        ("capacity-is-bounded", "new"),
    ]
    assert _changes(_review(CAPACITY, base="main", was=(CAPACITY, other)))[1][1] == "fixed"


def test_nothing_is_called_new_where_the_base_cannot_be_judged() -> None:
    review = replace(_review(CAPACITY, base="main"), unread={"dev": "it is not YAML"})

    assert _changes(review) == [("capacity-is-bounded", None)]
    assert "cannot be compared: it is not YAML" in render_markdown(review)
    assert _changes(_review(CAPACITY, base="main")) == [("capacity-is-bounded", "new")]


def test_sarif_tells_level_place_help_and_a_fingerprint_that_stays() -> None:
    whole = json.loads(render_sarif(_review(CAPACITY, DARK, WAIVED, MILD), RULES))
    [run] = whole["runs"]
    by_rule = {(each["ruleId"], each["kind"]): each for each in run["results"]}
    capacity, dark = by_rule["capacity-is-bounded", "fail"], by_rule["capacity-is-bounded", "open"]

    assert capacity["level"] == "error"
    assert dark["level"] == "none"
    assert by_rule["model-is-not-retired", "fail"]["level"] == "warning"
    place = capacity["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "infra/stacks/Pulumi.dev.yaml"
    assert place["region"] == {"startLine": 12}
    assert by_rule["key-access-is-off", "fail"]["suppressions"][0]["status"] == "accepted"
    rule = run["tool"]["driver"]["rules"][capacity["ruleIndex"]]
    assert rule["id"] == "capacity-is-bounded"
    assert "What to do" in rule["help"]["markdown"]
    assert rule["helpUri"].startswith("https://")
    again = json.loads(render_sarif(_review(replace(CAPACITY, line=99)), RULES))
    assert again["runs"][0]["results"][0]["partialFingerprints"] == capacity["partialFingerprints"]
    assert len(capacity["partialFingerprints"][FINGERPRINT]) == 32


@given(st.lists(findings, max_size=5))
def test_sarif_is_whole_whatever_a_finding_holds(found: list[Finding]) -> None:
    whole = json.loads(render_sarif(_review(*found), RULES))
    [run] = whole["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert (whole["version"], len(run["results"])) == ("2.1.0", len(found))
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        # 3.27.10: what is not a failure has no level.
        assert (result["kind"] == "fail") is (result["level"] != "none")
        assert " " not in result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


@pytest.fixture(scope="module")
def complaints() -> Callable[[object], list[str]]:
    """What the schema says against a value."""
    if SCHEMA is None:
        pytest.skip("OASIS's schema lies neither in ../shared/sarif/ nor in .ftops/")
    validator = Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    return lambda whole: [error.message for error in validator.iter_errors(whole)]


def test_sarif_is_valid_against_the_published_schema(
    complaints: Callable[[object], list[str]],
) -> None:
    crash = replace(CAPACITY, rule="rule-crashed", resource="", line=None)
    reviews = (
        _review(),
        _review(CAPACITY, DARK, WAIVED, MILD, crash),
        _review(CAPACITY, MILD, base="main", was=(CAPACITY, WAIVED)),
    )

    for review in reviews:
        assert complaints(json.loads(render_sarif(review, RULES))) == []
    assert complaints({"version": "2.1.0", "runs": [{}]}), "it refuses something"


@given(st.lists(findings, max_size=4))
@settings(max_examples=15)
def test_sarif_of_any_findings_is_valid_against_the_published_schema(
    complaints: Callable[[object], list[str]], found: list[Finding]
) -> None:
    assert complaints(json.loads(render_sarif(_review(*found), RULES))) == []


@given(st.lists(findings, max_size=4))
@settings(max_examples=15)
def test_a_reader_of_sarif_that_is_not_ours_finds_all_that_was_written(
    found: list[Finding],
) -> None:
    written = json.loads(render_sarif(_review(*found), RULES))
    written.pop("$schema")
    read = Sarif.model_validate(written)

    assert json.loads(read.model_dump_json(by_alias=True, exclude_unset=True)) == written
    for result in written["runs"][0]["results"][:1]:
        result["level"] = "blocker"
        with pytest.raises(ValidationError, match="level"):
            Sarif.model_validate(written)


@given(st.lists(findings, max_size=5))
def test_junit_is_xml_that_counts_its_cases(found: list[Finding]) -> None:
    whole = ET.fromstring(render_junit(_review(*found), RULES))  # noqa: S314 - our own
    [suite] = whole.findall("testsuite")
    cases = suite.findall("testcase")

    assert suite.get("name") == "dev"
    assert int(suite.get("tests", "")) == len(cases) >= len(found)
    assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("failures", "")) == sum(each.blocks for each in found)
    assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))


def test_junit_fails_what_blocks_and_skips_what_is_not_known_or_waived() -> None:
    text = render_junit(_review(CAPACITY, DARK, WAIVED, MILD), RULES)

    assert text.count("<failure") == 1
    assert 'message="waived: OPS-1, ana, until 2026-12-31: why"' in text
    assert 'message="not known: stacks/Pulumi.dev.yaml:12: lab/base' in text
    assert "<system-out>warn: stacks/Pulumi.dev.yaml: lab/base" in text
    assert 'name="tags-are-complete"/>' in text


def test_an_annotation_stands_at_its_line_of_the_repository() -> None:
    lines = render_annotations(_review(CAPACITY, DARK, MILD, WAIVED)).splitlines()

    assert (
        "::error file=infra/stacks/Pulumi.dev.yaml,line=12,title=capacity-is-bounded"
        "::lab/base: The capacity 90 is above the environment's limit of 50."
    ) in lines
    assert [line.partition(" ")[0] for line in lines].count("::notice") == 2
    assert any(
        line.startswith("::warning file=infra/stacks/Pulumi.dev.yaml,title=") for line in lines
    )


@given(st.lists(findings, max_size=5))
def test_no_finding_ends_an_annotation_or_starts_another(found: list[Finding]) -> None:
    lines = [line for line in render_annotations(_review(*found)).split("\n") if line]

    assert all(re.match("::(error|warning|notice) file=", line) for line in lines)
    assert len(lines) == len(found)
    assert not any("\r" in line for line in lines)


@given(st.lists(texts, min_size=1, max_size=3))
def test_what_github_does_not_show_is_a_line_of_the_log_and_no_command(said: list[str]) -> None:
    many = [replace(CAPACITY, resource=f"lab/{n}") for n in range(500)]
    odd = [
        replace(MILD, resource=f"x/{n}", message=f"##[error]{text}") for n, text in enumerate(said)
    ]
    mild = [replace(MILD, resource=f"lab/{n}") for n in range(12)]
    lines = render_annotations(_review(*many, *mild, *odd)).split("\n")
    commands = [line.partition(" ")[0] for line in lines if line.startswith("::")]

    assert (commands.count("::error"), commands.count("::warning")) == (SHOWN_MAX, SHOWN_MAX)
    assert len(lines) == 500 + 12 + len(said) + 1
    assert "GitHub shows 10 annotations of a kind; " in lines[2 * SHOWN_MAX]
    assert not [line for line in lines if not line.startswith("::") and "##[" in line]


def test_what_is_new_and_blocks_is_annotated_before_what_was_there() -> None:
    old = [replace(CAPACITY, resource=f"lab/a{n}") for n in range(20)]
    new = replace(CAPACITY, rule="tags-are-complete", resource="lab/z", line=90)
    text = render_annotations(_review(MILD, *old, new, base="main", was=(MILD, *old)))

    assert "title=tags-are-complete" in text.splitlines()[0]
    assert "title=model-is-not-retired" in text


def test_a_comment_shows_what_changed_and_the_price() -> None:
    text = render_markdown(_review(CAPACITY, MILD, base="main", was=(MILD, WAIVED)))

    assert text.startswith(
        f"{MARKER}\n### ftops policy check: 1 finding blocks, compared with `main`"
    )
    assert "0.00 → 3.40 (+3.40)" in text
    assert text.index("**New (1)**") < text.index("Still there (1)") < text.index("Fixed (1)")
    assert "`stacks/Pulumi.dev.yaml:12`" in text


def test_a_comment_with_a_price_that_nobody_knows_says_at_least() -> None:
    review = _review()
    dark = replace(review.judgements[0], unpriced=1)

    assert "| at least 3.40 |" in render_markdown(replace(review, judgements=[dark]))


def test_what_blocks_is_open_however_old_it_is_and_says_what_to_do() -> None:
    new = replace(CAPACITY, rule="tags-are-complete")
    found = _review(MILD, CAPACITY, new, base="main", was=(MILD, CAPACITY))
    text = render_markdown(found, RULES)
    remedy = next(rule.remedy for rule in RULES if rule.id == "capacity-is-bounded")

    assert "2 findings block (1 new), compared with" in text
    parts = (
        "**New (1)**",
        "**Still there and blocking (1)**",
        "**What to do**",
        "<details><summary>",
    )
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    assert f"- `capacity-is-bounded`: {remedy}" in text
    assert text.count("<details>") == text.count("</details>") == 1


@pytest.mark.parametrize(
    "message", ["x" * 150, "it is " + "[long] " * 900, "wide \U0001f600 " * 90]
)
def test_a_comment_stays_within_what_github_takes(message: str) -> None:
    many = [replace(CAPACITY, resource=f"lab/{n}", message=message) for n in range(600)]
    old, gone = many[:250], [replace(each, resource=f"old/{each.resource}") for each in many[:150]]
    mild = [replace(each, rule="tags-are-complete", severity="warn") for each in old]
    review = _review(*many, *mild, base="main", was=(*old, *mild, *gone))
    text = render_markdown(review, RULES)
    told = sum(int(count) for count in re.findall(r"\nand (\d+) more", text))
    rows = len(re.findall(r"^\| (?:\*\*block|warn)", text, re.MULTILINE))

    assert len(text) < 65_536
    assert "`ftops policy check` lists them all" in text
    assert rows + told == 600 + 250 + 150
    assert rows >= 50


@pytest.mark.parametrize(
    ("message", "absent"),
    [
        ("<img src=x>", "<img"),
        ("ask @everyone", "@everyone"),
        ("a | b", " | b"),
        ("[here](https://example.org)", "](https://"),
        ("one\n\n# two", "\n# two"),
        ("`code`", " `code`"),
    ],
)
def test_what_a_finding_holds_is_no_markup(message: str, absent: str) -> None:
    review = _review(replace(CAPACITY, message=f"It is {message}", resource=message))
    text = render_markdown(review)
    row = next(line for line in text.splitlines() if "capacity-is-bounded" in line)
    bare = re.sub(r"`[^`]*`|<br>", "", row)

    assert absent not in bare.removeprefix("| **block** |  | ")
    assert len(re.findall(r"(?<!\\)\|", row)) == 4


def test_every_output_of_no_findings_says_so() -> None:
    review = _review()

    assert "no findings" in render_markdown(review)
    assert render_annotations(review) == ""
    assert json.loads(render_sarif(review, RULES))["runs"][0]["results"] == []
    assert 'failures="0"' in render_junit(review, RULES)
