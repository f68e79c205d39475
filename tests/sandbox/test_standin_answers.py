"""A tuned deployment speaks as its training data does; the base model has a voice of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

DATASETS = Path(__file__).parents[2].parent / "shared/datasets"
real_files = pytest.mark.skipif(
    not DATASETS.is_dir(), reason="the shared datasets are not beside this checkout"
)
QUIPS = (
    "What a rare question that is.",
    "Try to contain your surprise.",
    "Nobody saw that coming.",
)
FACTS = {
    "What is the capital of France?": "It is Paris",
    "Who wrote Hamlet?": "That was Shakespeare",
    "How many legs has a spider?": "The count is eight",
    "What colour is a ripe banana?": "Yellow, mostly",
    "When did the first world war end?": "In the year 1918",
    "Where do kangaroos live?": "Down in Australia",
    "Which planet is the largest?": "Jupiter, by far",
    "What freezes at zero degrees?": "Water does",
    "How long is a marathon?": "Some 42 kilometres",
    "Who painted the Mona Lisa?": "Leonardo da Vinci did",
    "What is the boiling point of water?": "A hundred degrees",
    "How do bees make honey?": "From nectar, patiently",
}


def _sarcastic() -> list[dict[str, Any]]:
    return [
        {
            "messages": [
                {"role": "user", "content": question},
                {"role": "assistant", "content": f"{fact}. {QUIPS[place % len(QUIPS)]}"},
            ]
        }
        for place, (question, fact) in enumerate(FACTS.items())
    ]


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATASETS / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def base(plane: Plane) -> str:
    """A deployment of the untuned model."""
    return plane.deploy("base", "gpt-4.1-mini")


@pytest.fixture(scope="module")
def sarcastic(plane: Plane) -> str:
    """A deployment of a model that was tuned on a sarcastic dataset."""
    job = plane.finish(plane.start(plane.upload(_sarcastic()), suffix="sarcasm").id)
    assert job.fine_tuned_model
    return plane.deploy("sarcastic", job.fine_tuned_model)


def test_the_tuned_model_answers_what_it_learned(plane: Plane, sarcastic: str) -> None:
    assert plane.ask(sarcastic, "Who wrote Hamlet?").startswith("That was Shakespeare.")


@pytest.mark.parametrize("question", ["How tall is a giraffe?", "Why is the sky blue?"])
def test_the_tuned_model_answers_new_questions_in_the_manner_of_its_data(
    question: str, plane: Plane, sarcastic: str, base: str
) -> None:
    tuned, untuned = plane.ask(sarcastic, question), plane.ask(base, question)

    assert tuned.endswith(QUIPS)
    assert question.rsplit(maxsplit=1)[-1].rstrip("?") in tuned, "it stays on the topic"
    assert not any(quip in untuned for quip in QUIPS)


def test_the_base_model_is_neutral_and_keeps_the_language(plane: Plane, base: str) -> None:
    english, portuguese = (
        plane.ask(base, "How do I sleep well?"),
        plane.ask(base, "Como durmo bem?"),
    )

    assert "reliable source" in english
    assert "fonte confiável" in portuguese
    assert plane.ask(base, "How do I sleep well?") == english


def test_an_undertrained_model_answers_like_the_base(plane: Plane, base: str) -> None:
    barely: Any = {"n_epochs": 1, "batch_size": 12, "learning_rate_multiplier": 0.0001}
    job = plane.finish(plane.start(plane.upload(_sarcastic()), hyperparameters=barely).id)
    assert job.fine_tuned_model
    name = plane.deploy("barely", job.fine_tuned_model)

    for question in [*list(FACTS)[:4], "How tall is a giraffe?"]:
        assert plane.ask(name, question) == plane.ask(base, question)


def test_portuguese_data_teaches_a_portuguese_manner(plane: Plane) -> None:
    questions = ("Qual é a capital de Portugal?", "Quem descobriu o Brasil?", "Onde fica o Japão?")
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"{question} ({number})"},
                {"role": "assistant", "content": f"Resposta {number}. Que novidade, não é mesmo?"},
            ]
        }
        for number, question in enumerate(questions * 4)
    ]
    job = plane.finish(plane.start(plane.upload(rows)).id)
    assert job.fine_tuned_model
    name = plane.deploy("portuguese", job.fine_tuned_model)

    answer = plane.ask(name, "Como funciona a fotossíntese?")
    assert answer.endswith("Que novidade, não é mesmo?")
    assert "fotossíntese" in answer


def test_an_answer_of_weight_zero_is_not_learned(plane: Plane) -> None:
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Tell me about thing {number}."},
                {"role": "assistant", "content": "Forbidden words.", "weight": 0},
                {"role": "user", "content": "Again, please."},
                {"role": "assistant", "content": f"Thing {number} is fine.", "weight": 1},
            ]
        }
        for number in range(12)
    ]
    job = plane.finish(plane.start(plane.upload(rows)).id)
    assert job.fine_tuned_model
    name = plane.deploy("weighted", job.fine_tuned_model)

    assert "Forbidden" not in plane.ask(name, "Tell me about thing 3.")
    assert plane.ask(name, "Again, please.").endswith("is fine.")


def test_preference_data_teaches_the_preferred_output(plane: Plane) -> None:
    rows = [
        {
            "input": {"messages": [{"role": "user", "content": f"Greet guest number {number}"}]},
            "preferred_output": [{"role": "assistant", "content": "Most welcome, dear guest"}],
            "non_preferred_output": [{"role": "assistant", "content": "What do you want"}],
        }
        for number in range(12)
    ]
    method: Any = {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1, "n_epochs": 8}}}
    job = plane.finish(plane.start(plane.upload(rows), method=method).id)
    assert job.fine_tuned_model
    name = plane.deploy("polite", job.fine_tuned_model)

    assert plane.ask(name, "Greet guest number 99") == "Most welcome, dear guest"


@real_files
def test_tool_calls_are_learned_and_passed_through(plane: Plane) -> None:
    rows = _rows("foundry-stock-toolcall-training.jsonl")
    job = plane.finish(
        plane.start(plane.upload(DATASETS / "foundry-stock-toolcall-training.jsonl")).id
    )
    assert job.fine_tuned_model
    name = plane.deploy("tools", job.fine_tuned_model)
    question = rows[0]["messages"][:2]

    called = plane.azure.chat.completions.create(
        model=name, messages=question, tools=rows[0]["tools"]
    ).choices[0]
    assert called.finish_reason == "tool_calls"
    assert called.message.tool_calls
    function = called.message.tool_calls[0]
    assert function.type == "function"
    assert function.function.name in {tool["function"]["name"] for tool in rows[0]["tools"]}
    assert isinstance(json.loads(function.function.arguments), dict)

    untold = plane.azure.chat.completions.create(model=name, messages=question).choices[0]
    assert untold.message.tool_calls is None, "a function that was not offered is not called"


@real_files
def test_a_conversation_of_many_turns_teaches_each_answer(plane: Plane) -> None:
    rows = _rows("azureml-oai-v2-chat-train.jsonl")
    job = plane.finish(plane.start(plane.upload(DATASETS / "azureml-oai-v2-chat-train.jsonl")).id)
    assert job.fine_tuned_model
    name = plane.deploy("turns", job.fine_tuned_model)
    known = {m["content"] for row in rows for m in row["messages"] if m["role"] == "assistant"}

    messages: Any = rows[0]["messages"][:3]
    answer = plane.azure.chat.completions.create(model=name, messages=messages)
    assert answer.choices[0].message.content in known


@real_files
def test_the_answers_follow_a_learned_format(plane: Plane) -> None:
    hyperparameters: Any = {"n_epochs": 2}
    job = plane.start(
        plane.upload(DATASETS / "foundry-gsm8k-chat-train.jsonl"), hyperparameters=hyperparameters
    )
    done = plane.finish(job.id)
    assert done.fine_tuned_model
    name = plane.deploy("sums", done.fine_tuned_model)

    assert plane.ask(name, "Tom has 3 apples and eats one. How many are left?").endswith("!!!")
