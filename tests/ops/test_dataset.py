"""A training file, judged: every rule has a file that breaks it, and whatever bytes are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftops.dataset.check import Check, check_file
from ftops.dataset.limits import Limits
from ftops.dataset.rule import RULES
from ftops_catalog.errors import BadUsage

Json = dict[str, Any]
Checker = Callable[..., Check]
EVERY = Limits(examples_min=1, example_tokens_max=500, model="gpt-4.1", methods=("sft", "vision"))
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
LOOK = {"type": "function", "function": {"name": "look", "parameters": {}}}
PIXEL = {
    "type": "image_url",
    "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"},
}


def said(role: str, content: object = "some words", **more: object) -> Json:
    return {"role": role, "content": content, **more}


def chat(*messages: Json, **more: object) -> Json:
    return {"messages": list(messages or (said("user"), said("assistant"))), **more}


def pair(preferred: object, other: object, **more: object) -> Json:
    asked = {"messages": [said("user")]}
    return {"input": asked, "preferred_output": preferred, "non_preferred_output": other, **more}


GOOD = [said("assistant", "yes")]
BAD = [said("assistant", "no")]


@dataclass(frozen=True)
class Breach:
    """A file that breaks one rule, on one line (None: as a whole), under some limits."""

    rule: str
    rows: list[object]
    line: int | None = 1
    limits: Limits = EVERY


def called(call: object, **more: object) -> Json:
    asked = said("assistant", None, tool_calls=[call])
    return chat(said("user"), asked, tools=[LOOK], **more)


BREACHES = [
    Breach("file-fits-upload", [chat()], None, replace(EVERY, file_bytes_max=10)),
    Breach("file-is-json-lines", [[chat()]]),
    Breach("text-is-utf8", [b'{"messages": "\xe9"}']),
    Breach("text-is-utf8", ['{"messages": []}'.encode("utf-16")]),
    Breach("line-is-not-blank", [b"", chat()]),
    Breach("json-is-valid", [chat(), b'{"messages": ['], 2),
    Breach("json-is-valid", [b'{"messages": "a "b" c"}']),
    Breach("json-is-valid", [b"nul"]),
    Breach("json-is-valid", [b'{"a":' * 5000]),
    Breach("json-is-valid", [b'{"messages": NaN}']),
    Breach("json-is-valid", [b'{"messages": "\\ud83d"}']),
    Breach("line-is-an-object", [chat(), 7], 2),
    Breach("line-is-an-object", [chat(), [1]], 2),
    Breach("format-is-known", [{"question": "a", "answer": "b"}]),
    Breach("format-is-known", [{}]),
    Breach("format-is-uniform", [chat(), pair(GOOD, BAD)], 2),
    Breach("format-suits-model", [pair(GOOD, BAD)], None),
    Breach("format-suits-model", [{"prompt": "a", "completion": "b"}], None),
    Breach(
        "format-suits-model",
        [chat(said("user", [PIXEL]), said("assistant"))],
        1,
        replace(EVERY, methods=("sft",)),
    ),
    Breach("examples-are-enough", [chat()], None, Limits()),
    Breach("example-is-unique", [chat(), chat(said("user", "b"), said("assistant")), chat()], 3),
    Breach("example-fits-model", [chat(said("user", "word " * 600), said("assistant"))]),
    Breach("key-is-known", [chat(label=1)]),
    Breach("key-is-known", [chat(said("user", mood="x"), said("assistant"))]),
    Breach("key-is-known", [pair(GOOD, BAD, score=1)]),
    Breach("messages-are-a-list", [{"messages": []}]),
    Breach("messages-are-a-list", [{"messages": "hello"}]),
    Breach("messages-are-a-list", [pair(GOOD, BAD) | {"input": 3}]),
    Breach("message-is-an-object", [chat(said("user"), "hello", said("assistant"))]),  # type: ignore[arg-type]  # wrong on purpose
    Breach("role-is-known", [chat(said("human"), said("assistant"))]),
    Breach("role-is-known", [chat({"content": "x"}, said("assistant"))]),
    Breach("role-is-known", [chat(said("user"), said("assistant"), {"role": ["user"]})]),
    Breach("content-is-present", [chat(said("user", " "), said("assistant"))]),
    Breach("content-is-present", [chat(said("user"), {"role": "assistant"})]),
    Breach("content-is-present", [chat(said("user", 7), said("assistant"))]),
    Breach("content-is-present", [{"prompt": "", "completion": "b"}]),
    Breach("content-is-present", [chat(said("user", [{"type": "text"}]), said("assistant"))]),
    Breach("last-message-is-assistant", [chat(said("assistant"), said("user"))]),
    Breach("last-message-is-user", [chat(said("user"), goal=1), chat(goal=1)], 2),
    Breach("weight-is-zero-or-one", [chat(said("user"), said("assistant", weight=0.5))]),
    Breach("weight-is-zero-or-one", [chat(said("user"), said("assistant", weight=True))]),
    Breach("weight-is-zero-or-one", [chat(said("user", weight=1), said("assistant"))]),
    Breach("something-is-learned", [chat(said("user"), said("assistant", weight=0))]),
    Breach("tool-is-described", [chat(tools=[])]),
    Breach("tool-is-described", [chat(tools=[{"name": "look"}])]),
    Breach("tool-is-described", [chat(tools=[LOOK, LOOK])]),
    Breach("tool-is-described", [chat(tools=[LOOK])], 1, replace(EVERY, tools_max=0)),
    Breach("tool-call-is-complete", [called({"id": "c1", "type": "function"})]),
    Breach("tool-call-is-complete", [called({**CALL, "id": ""})]),
    Breach("tool-call-is-complete", [chat(said("user", tool_calls=[CALL]), said("assistant"))]),
    Breach(
        "tool-arguments-are-json",
        [called({**CALL, "function": {"name": "look", "arguments": {}}})],
    ),
    Breach(
        "tool-arguments-are-json",
        [called({**CALL, "function": {"name": "look", "arguments": "[]"}})],
    ),
    Breach(
        "tool-call-is-declared",
        [called({**CALL, "function": {"name": "fly", "arguments": "{}"}})],
    ),
    Breach("tool-answer-has-its-call", [chat(said("tool", tool_call_id="x"), said("assistant"))]),
    Breach("tool-answer-has-its-call", [chat(said("user", tool_call_id="x"), said("assistant"))]),
    Breach("part-is-known", [chat(said("user", [{"type": "sound"}]), said("assistant"))]),
    Breach("part-is-known", [chat(said("user"), said("assistant", [PIXEL]))]),
    Breach(
        "image-fits",
        [chat(said("user", [PIXEL, PIXEL]), said("assistant"))],
        1,
        replace(EVERY, images_per_example_max=1),
    ),
    Breach(
        "image-fits",
        [chat(said("user", [PIXEL]), said("assistant"))],
        1,
        replace(EVERY, image_bytes_max=2),
    ),
    Breach(
        "image-fits",
        [chat(said("user", [PIXEL]), said("assistant"))],
        None,
        replace(EVERY, image_examples_max=0),
    ),
    Breach("outputs-are-assistant", [pair([said("user")], BAD)]),
    Breach("outputs-are-assistant", [pair("yes", BAD)]),
    Breach("outputs-differ", [pair(GOOD, GOOD)]),
]
ELSEWHERE = {"line-is-read-whole", "validation-is-held-out", "validation-has-same-format"}


@pytest.fixture
def checked(tmp_path: Path) -> Checker:
    """Writes rows as a file and checks it; bytes stand as they are."""

    def check(rows: list[object], limits: Limits = EVERY, name: str = "a", **more: Any) -> Check:
        path = tmp_path / f"{name}.jsonl"
        lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
        path.write_bytes(b"\n".join(lines) + b"\n")
        return check_file(path, limits, **more)

    return check


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.rule)
def test_a_breach_is_found_on_its_line_with_a_fix(breach: Breach, checked: Checker) -> None:
    check = checked(breach.rows, breach.limits)

    found = [problem for problem in check.problems if problem.rule == breach.rule]
    assert [problem.line for problem in found] == [breach.line]
    assert found[0].message
    assert found[0].fix
    assert not check.ok


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.rule)
def test_a_rule_that_is_allowed_is_silent(breach: Breach, checked: Checker) -> None:
    check = checked(breach.rows, breach.limits, allowed=frozenset({breach.rule}))

    assert breach.rule not in check.counts


def test_every_rule_has_a_file_that_breaks_it() -> None:
    assert {rule.id for rule in RULES} == {breach.rule for breach in BREACHES} | ELSEWHERE


def test_the_page_on_data_lists_every_rule_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    listed = [line for line in page.splitlines() if line.startswith("| `") and "-" in line]

    assert [line for line in listed if line.count("|") == 4 and "{" not in line] == [
        f"| `{rule.id}` | {rule.demands} | {rule.source} |" for rule in RULES
    ]


HOLDING = [
    (
        "chat",
        [
            chat(),
            chat(said("system"), said("user"), said("assistant"), said("user"), said("assistant")),
        ],
    ),
    ("chat", [chat(said("developer"), said("user"), said("assistant", weight=1))]),
    ("chat", [called(CALL, parallel_tool_calls=False)]),
    (
        "chat",
        [
            chat(
                said("user"),
                said("assistant", "", tool_calls=[CALL]),
                said("tool", "ok", tool_call_id="c1"),
                said("assistant"),
                tools=[LOOK],
            )
        ],
    ),
    ("chat", [chat(said("user", [PIXEL, {"type": "text", "text": "what?"}]), said("assistant"))]),
    (
        "chat",
        [
            chat(
                said("user"),
                {"role": "assistant", "function_call": {"name": "look", "arguments": "{}"}},
                functions=[{"name": "look"}],
            )
        ],
    ),
    ("dpo", [pair(GOOD, BAD)]),
    ("rft", [chat(said("user"), target=7, nums=[1, 2])]),
    ("prompt-completion", [{"prompt": "a ->", "completion": " b"}]),
]


@pytest.mark.parametrize(("form", "rows"), HOLDING)
def test_a_sound_file_has_no_problem(form: str, rows: list[object], checked: Checker) -> None:
    check = checked(rows, Limits(examples_min=1))

    assert check.problems == ()
    assert check.format == form
    assert check.examples == len(rows)
    assert check.tokens == check.billable_tokens > 0


ODD: list[object] = [None, True, 0, 3, 1.5, "", "x", [], [3], ["x"], [[]], {}, {"x": 1}]


def mutants(value: object) -> Iterator[object]:
    """The value with each of its parts in turn replaced by each odd one."""
    yield from ODD
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: mutant} for mutant in mutants(inner))
            yield {other: kept for other, kept in value.items() if other != key}
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ([*value[:place], m, *value[place + 1 :]] for m in mutants(inner))


@pytest.mark.parametrize(("form", "rows"), HOLDING)
def test_no_part_that_is_something_else_is_an_error(
    form: str, rows: list[object], checked: Checker
) -> None:
    odd = [mutant for row in rows for mutant in mutants(row)]

    for check in (checked([*rows, *odd]), checked([*odd, *rows], keep_prompts=True)):
        assert check.examples == sum(isinstance(row, dict) for row in (*rows, *odd))
        assert check.counts
    assert checked(rows, Limits(examples_min=1)).format == form


def test_the_place_of_a_syntax_error_is_named(checked: Checker) -> None:
    check = checked([chat(), b'{"messages": [}'])

    assert "column 15" in check.problems[0].message
    assert check.problems[0].line == 2


def test_a_byte_order_mark_and_crlf_are_accepted_and_said(checked: Checker) -> None:
    line = json.dumps(chat()).encode()

    check = checked(
        [
            b"\xef\xbb\xbf" + line + b"\r",
            json.dumps(chat(said("user", "b"), said("assistant"))).encode() + b"\r",
        ]
    )

    assert check.ok
    assert any("byte order mark" in note for note in check.notes)
    assert any("CRLF" in note for note in check.notes)


def test_blank_lines_at_the_end_are_no_problem(checked: Checker) -> None:
    assert checked([chat(), b"", b"  "]).ok


def test_a_line_too_long_to_hold_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
        file.seek(0, 2)
        file.write(b"\n" + json.dumps(chat()).encode() + b"\n")

    check = check_file(path, EVERY)

    assert [(p.line, p.rule) for p in check.problems] == [(1, "line-is-read-whole")]
    assert check.examples == 1


def test_a_validation_prompt_that_was_trained_on_is_named_with_both_lines(
    checked: Checker,
) -> None:
    other = chat(said("user", "else"), said("assistant"))
    trained = checked([other, chat()], keep_prompts=True)

    leak = checked(
        [chat(said("user"), said("assistant", "another answer"))], name="b", trained=trained
    )

    assert [(p.line, p.rule) for p in leak.problems] == [(1, "validation-is-held-out")]
    assert "line 2 of" in leak.problems[0].message


def test_the_minimum_is_the_training_file_s(checked: Checker) -> None:
    rows = [chat(said("user", str(number)), said("assistant")) for number in range(10)]
    trained = checked(list(rows), Limits(), keep_prompts=True)

    assert checked([chat()], Limits(), name="b", trained=trained).ok
    assert not checked([b""], Limits(), name="c", trained=trained).ok


def test_both_files_have_the_same_format(checked: Checker) -> None:
    trained = checked([chat()], Limits(examples_min=1), keep_prompts=True)

    check = checked([pair(GOOD, BAD)], Limits(examples_min=1), name="b", trained=trained)

    assert [p.rule for p in check.problems] == ["validation-has-same-format"]


def test_an_example_beyond_the_model_is_billed_up_to_its_reach(checked: Checker) -> None:
    check = checked([chat(said("user", "word " * 600), said("assistant"))])

    assert check.billable_tokens == 500 < check.tokens


def test_the_same_example_in_another_key_order_is_a_twin(checked: Checker) -> None:
    one = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}'
    two = b'{"messages":[{"content":"a","role":"user"},{"content":"b","role":"assistant"}]}'

    assert dict(checked([one, two]).counts) == {"example-is-unique": 1}


def test_a_thousand_problems_are_counted_and_a_hundred_kept(checked: Checker) -> None:
    check = checked([{"question": number} for number in range(1000)])

    assert check.counts["format-is-known"] == 1000
    assert len([p for p in check.problems if p.rule == "format-is-known"]) == 100


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_what_is_no_file_is_bad_usage(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadUsage):
        check_file(tmp_path / name, EVERY)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEY_NAMES = """messages role content name weight tools tool_calls tool_call_id function functions
type function_call arguments text image_url url detail id input preferred_output prompt completion
non_preferred_output"""
KEYS = st.sampled_from(KEY_NAMES.split())
WORDS = st.sampled_from(["user", "assistant", "tool", "function", "image_url", "text", "x"])
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
MESSAGES = st.lists(st.dictionaries(KEYS, VALUES, max_size=5) | VALUES, max_size=4)
EXAMPLES = VALUES | st.builds(
    lambda m, more: {**more, "messages": m}, MESSAGES, st.dictionaries(KEYS, VALUES, max_size=2)
)
FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FUZZ
@given(lines=st.lists(st.binary(max_size=60) | EXAMPLES.map(lambda v: json.dumps(v).encode())))
def test_no_bytes_are_an_error(lines: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "fuzz.jsonl"
    path.write_bytes(b"\n".join(lines))

    check = check_file(path, EVERY, keep_prompts=True)
    again = check_file(path, EVERY, trained=check)

    last = path.read_bytes().count(b"\n") + 1
    assert all(p.line is None or 1 <= p.line <= last for p in check.problems)
    assert 0 <= check.billable_tokens <= check.tokens
    assert check.ok == (not check.problems)
    assert again.tokens == check.tokens


@FUZZ
@given(rows=st.lists(st.booleans(), min_size=1, max_size=12))
def test_line_numbers_are_those_of_the_file(rows: list[bool], tmp_path: Path) -> None:
    good = [json.dumps(chat(said("user", str(n)), said("assistant"))) for n in range(len(rows))]
    lines = [line if row else line[:-1] for line, row in zip(good, rows, strict=True)]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")

    check = check_file(path, EVERY)

    broken = [number for number, row in enumerate(rows, start=1) if not row]
    assert [p.line for p in check.problems if p.rule == "json-is-valid"] == broken
    assert check.examples == sum(rows)
