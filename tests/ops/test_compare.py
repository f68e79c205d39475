"""`ftops compare`: likeness that is honest, and two deployments of a running sandbox."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.comparison import Likeness, Reply, chrf, f1, parse_question, score, total
from ftops.evaluation import parse_evaluation, read_evaluation
from ftops_catalog.errors import BadConfig

if TYPE_CHECKING:
    from tests.ops.conftest import Lab

TEXTS = st.text(alphabet="abc xyzé", max_size=30)


@given(one=TEXTS, other=TEXTS)
def test_likeness_lies_between_zero_and_one(one: str, other: str) -> None:
    for measure in (chrf, f1):
        assert 0 <= measure(one, other) <= 1 + 1e-9
    assert f1(one, other) == f1(other, one)


@given(text=TEXTS.filter(str.strip))
def test_a_text_is_wholly_like_itself(text: str) -> None:
    assert chrf(text, text) == pytest.approx(1)
    assert f1(text, text) == 1


@pytest.mark.parametrize(
    ("said", "expected", "words"),
    [
        ("", "a b", 0.0),
        ("c d", "a b", 0.0),
        ("a b", "b a", 1.0),
        ("A, b", "a b", 0.8),
        ("a a a", "a", 0.5),
    ],
)
def test_words_are_counted_in_any_order(said: str, expected: str, words: float) -> None:
    assert f1(said, expected) == pytest.approx(words)


def test_a_nearer_wording_scores_higher() -> None:
    expected = "restart the router"

    assert chrf("restart your router", expected) > chrf("consult a source", expected) > 0


def test_a_sum_with_an_unknown_is_unknown() -> None:
    replies = [Reply("a", 3, 4), Reply("b")]

    made = score([Likeness(0.2, 0.4), Likeness(0.4, 0.6)], replies)

    assert (made.chrf, made.f1) == (0.3, 0.5)
    assert made.prompt_tokens is None
    assert total([1, 2]) == 3


def test_a_question_is_all_but_the_last_answer() -> None:
    messages = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "a", "weight": 1},
    ]

    question = parse_question(4, {"messages": messages})

    assert question is not None
    assert (question.line, question.text, question.expected) == (4, "q", "a")
    assert [message["role"] for message in question.messages] == ["system", "user"]


@pytest.mark.parametrize(
    "last", [{"role": "user", "content": "q"}, {"role": "assistant", "tool_calls": []}, "no"]
)
def test_an_example_without_an_answer_in_text_asks_nothing(last: object) -> None:
    assert parse_question(1, {"messages": [{"role": "user", "content": "q"}, last]}) is None


def held_out() -> Path:
    from importlib import resources

    return Path(str(resources.files("ftops") / "demonstration" / "sarcastic-held-out.jsonl"))


def test_base_and_tuned_answer_side_by_side(lab: Lab, trained: str) -> None:
    deployed = lab.ftops("deploy", trained, "tuned", "--ttl", "24h", "--yes", "--owner", "ana")
    assert deployed.exit_code == 0, deployed.output

    body = lab.json("compare", "base", "tuned", "--data", held_out())
    table = lab.ftops("compare", "base", "tuned", "--data", held_out(), "--limit", 2)

    scores = body["scores"]
    assert len(body["examples"]) == scores["examples"] == 12
    assert all(each["base"] != each["tuned"] for each in body["examples"])
    assert 0 < scores["tuned"]["chrf"] < 1
    assert scores["tuned"]["completion_tokens"] > 0
    assert "not whether an answer is good" in scores["measure"]
    assert "printer" in table.stdout
    assert "of 2" in table.stderr


def test_what_was_compared_is_saved_as_what_promote_reads(
    lab: Lab, trained: str, tmp_path: Path
) -> None:
    lab.ftops("deploy", trained, "saved", "--ttl", "24h", "--yes", "--owner", "ana")
    file = tmp_path / "evaluation.json"

    words = ("compare", "base", "saved", "--data", held_out(), "--limit", 5, "--save", file)
    body = lab.json(*words)
    found = read_evaluation(file)

    assert body["saved"] == str(file)
    assert found.held_out == sha256(held_out().read_bytes()).hexdigest() == body["held_out_sha256"]
    assert (found.base_model, found.examples) == ("gpt-4.1-mini", 5)
    assert found.tuned_model == body["tuned"]["model"]
    assert found.account_id.endswith("/accounts/oai-lab")
    assert [(each.measure, each.base, each.tuned) for each in found.measures] == [
        ("chrF", *(Decimal(str(body["scores"][side]["chrf"])) for side in ("base", "tuned"))),
        ("F1", *(Decimal(str(body["scores"][side]["f1"])) for side in ("base", "tuned"))),
    ]


def test_a_file_that_cannot_be_written_is_one_sentence(
    lab: Lab, trained: str, tmp_path: Path
) -> None:
    lab.ftops("deploy", trained, "unsaved", "--ttl", "24h", "--yes", "--owner", "ana")
    file = tmp_path / "none" / "evaluation.json"

    result = lab.ftops("compare", "base", "unsaved", "--data", held_out(), "--save", file)

    assert result.exit_code == 4
    assert "cannot be written: No such file or directory" in result.stderr


WHOLE: dict[str, Any] = {
    "schema": "ftops/evaluation/v1",
    "made_at": "2026-11-20T00:00:00Z",
    "account": {"id": "/subscriptions/s", "region": "swedencentral"},
    "held_out": {"sha256": "0f" * 32, "examples": 40},
    "base": {"model": "gpt-4.1-mini"},
    "tuned": {"model": "gpt-4.1-mini-2025-04-14.ft-11111111111111111111111111111111"},
    "scores": [{"measure": "judge", "base": 3, "tuned": "4.5"}],
}


def test_an_evaluation_of_another_tool_is_read_as_well() -> None:
    [measured] = parse_evaluation(WHOLE, "mine.json").measures

    assert (measured.measure, measured.base, measured.tuned) == (
        "judge",
        Decimal(3),
        Decimal("4.5"),
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "x"}, "its schema is not ftops/evaluation/v1"),
        ({"made_at": "yesterday"}, "made_at is missing or wrong"),
        ({"held_out": {"sha256": "0f", "examples": 4}}, "held_out.sha256 is missing"),
        ({"held_out": {"sha256": "0f" * 32, "examples": 0}}, "held_out.examples is missing"),
        ({"tuned": None, "scores": []}, "tuned.model, scores is missing"),
        ({"scores": [{"measure": "m", "tuned": "NaN"}]}, "scores is missing"),
        ({"scores": [{"measure": "m", "base": "low", "tuned": 1}]}, "scores is missing"),
    ],
    ids=str,
)
def test_what_is_no_evaluation_is_refused_with_what_it_lacks(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadConfig, match=said):
        parse_evaluation({**WHOLE, **change}, "mine.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_a_file_that_is_no_evaluation_is_one_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "evaluation.json"
    file.write_text(text)

    with pytest.raises(BadConfig, match="is no evaluation"):
        read_evaluation(file)


@pytest.mark.parametrize(
    ("names", "code", "part"),
    [(("base", "absent"), 2, "no deployment absent"), (("base", "BASE"), 2, "with itself")],
)
def test_two_deployments_that_exist_are_needed(
    names: tuple[str, str], code: int, part: str, lab: Lab
) -> None:
    result = lab.ftops("compare", *names, "--data", held_out())

    assert result.exit_code == code
    assert part in result.stderr


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"prompt": "a", "completion": "b"}, "prompt-completion file"),
        ({"question": 1}, "has a problem"),
        (None, "there is no file"),
    ],
)
def test_the_held_out_file_is_a_sound_chat_file(
    row: object, part: str, lab: Lab, tmp_path: Path
) -> None:
    path = tmp_path / "held.jsonl"
    if row is not None:
        path.write_text(json.dumps(row), encoding="utf-8")

    result = lab.ftops("compare", "base", "tuned", "--data", path)

    assert result.exit_code in {1, 2}
    assert part in result.stderr
