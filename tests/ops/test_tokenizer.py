"""Token counts: known ones, and the traps of the encoder."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.dataset.message import ROLES
from ftops.tokenizer import TokenCounter, count_alone, encoding_of, is_exact, load_encoding


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4.1-mini-2025-04-14", "o200k_base"),
        ("gpt-4o-mini-2024-07-18", "o200k_base"),
        ("gpt-4o", "o200k_base"),
        ("o4-mini-2025-04-16", "o200k_base"),
        ("", "o200k_base"),
        ("gpt-35-turbo-0125", "cl100k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("gpt-4", "cl100k_base"),
        ("babbage-002", "cl100k_base"),
    ],
)
def test_a_model_has_its_encoding(model: str, encoding: str) -> None:
    assert encoding_of(model) == encoding


@pytest.mark.parametrize("encoding", ["o200k_base", "cl100k_base"])
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_is_one_token(role: str, encoding: str) -> None:
    assert count_alone(role, load_encoding(encoding)) == 1


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("hello world", 2), ("tiktoken is great!", 6), ("😀", 1)]
)
def test_a_text_has_its_published_count(text: str, tokens: int) -> None:
    assert TokenCounter("gpt-4o").count([text]) == [tokens]


def test_the_name_of_a_special_token_is_text_like_any_other() -> None:
    assert TokenCounter().count(["<|endoftext|>", "a"]) == [7, 1]


def test_a_million_blanks_do_not_abort_the_count() -> None:
    blanks = " " * 1_200_000 + "x"

    assert 0 < TokenCounter().count([blanks])[0] < len(blanks)


def test_other_makers_models_are_not_counted_exactly() -> None:
    assert is_exact("gpt-4.1-nano-2025-04-14")
    assert not is_exact("Qwen3-32B")


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(max_size=30)))
def test_counting_together_is_counting_alone(texts: list[str]) -> None:
    encoding = load_encoding("o200k_base")
    counter = TokenCounter()

    alone = [len(encoding.encode_ordinary(text)) for text in texts]
    assert counter.count(texts) == alone
    assert counter.count(texts) == alone
