"""`ftops data check` and `ftops data estimate`, as typed; and real files with known verdicts."""

from __future__ import annotations

import csv
import io
import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ftops.cli import main

SHARED = Path(__file__).parents[2].parent / "shared" / "datasets"
OWN = Path(str(resources.files("ftops") / "demonstration"))
TRAIN, HELD_OUT = OWN / "sarcastic-train.jsonl", OWN / "sarcastic-held-out.jsonl"

REAL = {
    "azure-llm-ft-training-set.jsonl": ("chat", 10, ""),
    "azure-llm-ft-validation-set.jsonl": ("chat", 10, ""),
    "azure-samples-context-switching-train.jsonl": ("prompt-completion", 178, ""),
    "azure-samples-context-switching-valid.jsonl": ("prompt-completion", 45, ""),
    "azureml-nlu-qa-validation-no-assistant.jsonl": ("chat", 256, "last-message-is-assistant"),
    "azureml-oai-v1-prompt-completion-train.jsonl": ("prompt-completion", 408, ""),
    "azureml-oai-v2-chat-train.jsonl": ("chat", 128, ""),
    "cookbook-drone-training.jsonl": ("chat", 103, ""),
    "cookbook-toy-chat-fine-tuning.jsonl": ("chat", 5, "examples-are-enough"),
    "foundry-gsm8k-chat-train.jsonl": ("chat", 449, ""),
    "foundry-gsm8k-chat-validation.jsonl": ("chat", 50, ""),
    "foundry-orca-dpo-validation.jsonl": ("dpo", 284, ""),
    "foundry-rft-countdown-train-100.jsonl": ("rft", 100, ""),
    "foundry-rft-countdown-valid-50.jsonl": ("rft", 50, ""),
    "foundry-rft-toolcall-train.jsonl": ("rft", 10, ""),
    "foundry-sarcasm-qa.jsonl": (None, 500, "format-is-known"),
    "foundry-stock-toolcall-training.jsonl": ("chat", 86, ""),
    "foundry-stock-toolcall-validation.jsonl": ("chat", 10, ""),
    "broken-from-issues/empty-prompt.jsonl": ("prompt-completion", 12, "content-is-present"),
    "broken-from-issues/json-array-instead-of-jsonl.json": (None, 0, "file-is-json-lines"),
    "broken-from-issues/lines-in-a-txt.txt": ("prompt-completion", 12, ""),
    "broken-from-issues/three-examples-only.jsonl": ("chat", 3, "examples-are-enough"),
    "broken-from-issues/unescaped-quotes.jsonl": ("prompt-completion", 11, "json-is-valid"),
    "broken-from-issues/unquoted-value.jsonl": ("prompt-completion", 11, "json-is-valid"),
    "broken-from-issues/utf8-bom.jsonl": ("prompt-completion", 12, ""),
}


def ftops(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def answered(*words: object) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(ftops(*words, "--output", "json").stdout)
    return body


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not beside this checkout")
@pytest.mark.parametrize("name", REAL)
def test_a_real_file_has_its_known_verdict(name: str) -> None:
    form, examples, rule = REAL[name]

    result = ftops("data", "check", SHARED / name, "--output", "json")

    body = json.loads(result.stdout)
    assert (body["format"], body["examples"]) == (form, examples)
    assert set(body["problem_counts"]) == ({rule} if rule else set())
    assert result.exit_code == (1 if rule else 0)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not beside this checkout")
def test_every_real_file_is_held_to_a_verdict() -> None:
    files = {str(path.relative_to(SHARED)) for path in SHARED.rglob("*.*") if path.is_file()}

    assert files == set(REAL)


def test_our_own_data_set_is_sound_and_held_out() -> None:
    body = answered("data", "check", TRAIN, "--validation", HELD_OUT, "--model", "gpt-4.1-mini")

    assert body["verdict"] == "ok"
    assert body["examples"] >= 60
    assert body["validation"]["examples"] >= 10
    assert body["problems"] == []


def test_our_own_data_set_speaks_english_and_portuguese() -> None:
    rows = [json.loads(line) for line in TRAIN.read_text(encoding="utf-8").splitlines()]
    systems = [row["messages"][0]["content"] for row in rows]

    assert min(sum(text.startswith(w) for text in systems) for w in ("You", "Você")) >= 30
    assert sum(len(row["messages"]) > 3 for row in rows) >= 5


def test_a_problem_is_an_object_with_line_rule_message_and_fix(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"prompt": "a", completion: b}\n', encoding="utf-8")

    result = ftops("data", "check", path, "--output", "json")

    body = json.loads(result.stdout)
    problem = next(each for each in body["problems"] if each["rule"] == "json-is-valid")
    assert body["schema"] == "ftops/data-check/v1"
    assert body["verdict"] == "problems"
    assert problem["line"] == 1
    assert "column 17" in problem["message"]
    assert problem["fix"]
    assert result.exit_code == 1


def test_a_file_is_not_held_out_from_itself() -> None:
    result = ftops("data", "check", TRAIN, "--validation", TRAIN, "--output", "json")

    body = json.loads(result.stdout)
    assert result.exit_code == 1
    assert body["problem_counts"] == {}
    assert body["validation"]["problem_counts"] == {"validation-is-held-out": body["examples"]}


def test_csv_has_one_row_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "few.jsonl"
    path.write_text("7\n", encoding="utf-8")

    rows = list(csv.DictReader(io.StringIO(ftops("data", "check", path, "--output", "csv").stdout)))

    assert [row["rule"] for row in rows] == ["examples-are-enough", "line-is-an-object"]


def test_a_legacy_file_is_accepted_as_a_format_and_refused_for_a_model(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    lines = [json.dumps({"prompt": f"{n} ->", "completion": " b"}) for n in range(10)]
    path.write_text("\n".join(lines), encoding="utf-8")

    alone = ftops("data", "check", path)
    for_model = ftops("data", "check", path, "--model", "gpt-4.1-mini")

    assert (alone.exit_code, for_model.exit_code) == (0, 1)
    assert "retired" in alone.stderr


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("check", "absent.jsonl"), 2, "there is no file absent.jsonl"),
        (("check", TRAIN, "--allow", "no-such-rule"), 2, "no data rule 'no-such-rule'"),
        (("check", TRAIN, "--model", "gpt-4.1-minni"), 4, "gpt-4.1-minni"),
        (("estimate", TRAIN, "--model", "gpt-4.1-mini", "--region", "mars"), 4, "mars"),
        (("estimate", "absent.jsonl", "--model", "gpt-4.1-mini"), 2, "absent.jsonl"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(
    words: tuple[object, ...], code: int, part: str
) -> None:
    result = ftops("data", *words)

    assert result.exit_code == code
    assert part in result.output.replace("\n", "")
    assert "Traceback" not in result.output


def test_an_estimate_tells_price_and_hosting_as_decimals() -> None:
    body = answered(
        "data", "estimate", TRAIN, "--model", "gpt-4.1-mini", "--region", "swedencentral"
    )

    assert body["billed_tokens"] == body["tokens"] * body["epochs"]
    assert float(body["training_usd"]) == pytest.approx(body["billed_tokens"] * 6.05e-6)
    assert body["hosting_usd_per_hour"] == "1.7"
    assert body["epochs_estimated"] is True


def test_an_estimate_of_what_azure_would_refuse_ends_with_one() -> None:
    words = ("data", "estimate", TRAIN, "--model", "gpt-4.1-mini", "--region", "brazilsouth")

    result = ftops(*words, "--output", "json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["verdict"] == "blocked"
