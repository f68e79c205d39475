"""`ftops data approve`: the card of a file that somebody has looked at."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from tests.ops.conftest import TRAIN

from ftops.cli import main
from ftops.dataset.card import Card, card_of, digest_of, read_card, render_card

SECRET = "AKIA" + "QJ4VZ7M2KD6WX3PN"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(TRAIN, tmp_path / "train.jsonl"))


def _approve(file: Path, *words: str, license: str = "mit") -> Result:  # noqa: A002 - as the option
    asked = ("--license", license, "--source", "our own", "--by", "ana", "--environment", "dev")
    return CliRunner().invoke(main, ["data", "approve", str(file), *asked, *words])


def _add(path: Path, answer: str) -> None:
    messages = [{"role": "user", "content": "Well?"}, {"role": "assistant", "content": answer}]
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"messages": messages}) + "\n")


def test_a_card_says_who_answers_for_which_bytes(file: Path) -> None:
    assert _approve(file, "--environment", "staging").exit_code == 0
    card = read_card(file)

    assert card is not None
    assert (card.license, card.source, card.approved_by) == ("MIT", "our own", "ana")
    assert card.environments == ("dev", "staging")
    assert card.sha256 == digest_of(file)
    assert card.approved_on is not None


def test_the_same_approval_again_changes_nothing_and_another_one_does(file: Path) -> None:
    _approve(file)
    path = card_of(file)
    old = path.read_text(encoding="utf-8").replace("approved_on: '20", "approved_on: '19")
    path.write_text(old, encoding="utf-8")

    again = json.loads(_approve(file, "--output", "json").stdout)
    assert again["unchanged"] is True
    assert path.read_text(encoding="utf-8") == old

    _add(file, "One more.")
    changed = json.loads(_approve(file, "--output", "json").stdout)
    assert changed["unchanged"] is False
    assert changed["approved_on"].startswith("20")
    assert changed["sha256"] == digest_of(file)


def test_personal_data_are_named_by_line_and_shape(file: Path) -> None:
    _add(file, "Ask maria.silva@uol.com.br.")
    result = _approve(file, "--output", "json")

    [seen] = json.loads(result.stdout)["personal_data"]
    assert (seen["kind"], seen["shape"]) == ("e-mail address", "xxxxx.xxxxx@xxx.xxx.xx")
    assert "maria" not in result.output


@pytest.mark.parametrize(
    ("added", "said"),
    [("", "has a problem"), (f"The key is {SECRET}.", "holds a secret (AWS key) in line 99")],
)
def test_what_is_not_fit_for_training_gets_no_card(file: Path, added: str, said: str) -> None:
    if added:
        _add(file, added)
    else:
        with file.open("a", encoding="utf-8") as stream:
            stream.write("no JSON\n")
    result = _approve(file)

    assert result.exit_code == 1
    assert said in result.stderr
    assert SECRET not in result.output
    assert not card_of(file).exists()


def test_a_licence_that_is_none_and_a_file_that_is_not_there_are_sentences(file: Path) -> None:
    licence = _approve(file, license="free for all")
    absent = _approve(file.with_name("absent.jsonl"))

    assert (licence.exit_code, absent.exit_code) == (4, 2)
    assert "LicenseRef-Internal" in licence.stderr
    assert "there is no file" in absent.stderr


# PyYAML writes Unicode's own line ends as they are, and reads them as blanks.
texts = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029"))


@given(
    st.builds(
        Card,
        st.sampled_from(["MIT", "CC-BY-4.0", "LicenseRef-Ours", "Apache-2.0 OR MIT"]),
        texts.map(str.strip),
        texts.map(str.strip),
        st.none() | st.dates(),
        st.lists(texts, max_size=3).map(tuple),
        st.text(alphabet="0123456789abcdef", max_size=64),
    )
)
def test_a_card_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, card: Card
) -> None:
    path = tmp_path_factory.mktemp("card") / "train.jsonl"
    card_of(path).write_text(render_card(card, path), encoding="utf-8")

    assert read_card(path) == card
