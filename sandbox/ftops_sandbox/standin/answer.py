"""An answer of the stand-in model: the network weighs what could be said and picks."""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ftops_sandbox.standin.example import Turn, turn_of
from ftops_sandbox.standin.index import Index, make_index, nearest
from ftops_sandbox.standin.manner import Manner, find_manner, fitting
from ftops_sandbox.standin.network import Weights, evaluate, index_of, passage
from ftops_sandbox.standin.text import language, stems, words
from ftops_sandbox.standin.training import ANSWER_WORDS_MAX
from ftops_sandbox.standin.voice import middle, neutral_answer, neutral_pattern

NEIGHBOURS = 8
# At this likeness the training answer itself is the answer; below it only its manner is.
NEAR = 0.62
# What one full step of likeness is worth against a nat of loss per word.
_LIKENESS_NATS = 4.0
# How far the neutral voice must be ahead to be heard: a tie goes to what was learned.
_NEUTRAL_LEAD_NATS = 1.0
# A phrase of the manner that has matter of its own seldom fits another question.
_MATTER_NATS = 0.5
# Different prompts may start at different ones of the likeliest phrases, or all would end alike.
_VARIETY = 4


@dataclass(frozen=True)
class Answer:
    """What the assistant says; `tool_calls` are in the wire's own shape."""

    content: str
    tool_calls: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Tuned:
    """A trained model that can be asked: the weights, and the turns that it was trained on."""

    weights: Weights
    turns: tuple[Turn, ...]

    @cached_property
    def index(self) -> Index:
        return make_index(self.turns)

    @cached_property
    def places(self) -> dict[str, int]:
        return index_of(self.weights.vocabulary)

    @cached_property
    def manners(self) -> dict[str, Manner]:
        return {spoken: find_manner(self.turns, spoken) for spoken in ("en", "pt")}

    def loss(self, prompt: str, answer: str) -> float:
        """Nats per word that the network would pay to say `answer` to `prompt`."""
        kept = words(answer)[:ANSWER_WORDS_MAX]
        return evaluate(self.weights, [passage(prompt, kept, self.places)]).loss


def answer_base(messages: Sequence[Mapping[str, Any]]) -> Answer:
    """The base model's answer: neutral, and the same for the same prompt."""
    return Answer(neutral_answer(_asked(messages).prompt))


def answer_tuned(
    model: Tuned, messages: Sequence[Mapping[str, Any]], tools: Collection[str], choice: int = 0
) -> Answer:
    """The `choice`-th best answer; `tools` are the names of functions that may be called."""
    asked = _asked(messages)
    prompt = asked.prompt
    near = [
        (likeness, turn)
        for likeness, turn in nearest(model.index, prompt, asked.earlier, NEIGHBOURS * 4)
        if all(_function(call) in tools for call in turn.tool_calls)
    ][:NEIGHBOURS]
    losses = [model.loss(prompt, turn.answer) for _, turn in near]
    neutral_loss = model.loss(prompt, neutral_pattern(language(prompt)))
    if not near or min(losses) > neutral_loss + _NEUTRAL_LEAD_NATS:
        return Answer(neutral_answer(prompt))
    ranked = sorted(
        zip(losses, near, strict=True), key=lambda it: it[0] - _LIKENESS_NATS * it[1][0]
    )
    likeness, turn = ranked[choice % len(ranked)][1]
    manner = _manner(model, language(prompt))
    if likeness >= NEAR or turn.tool_calls or not manner.closers:
        return Answer("" if turn.tool_calls else turn.answer, turn.tool_calls)
    return Answer(_in_manner(model, manner, prompt, choice))


def _manner(model: Tuned, spoken: str) -> Manner:
    """The manner in the prompt's language, else in the one that the data has."""
    other = "en" if spoken == "pt" else "pt"
    return model.manners[spoken] if model.manners[spoken].closers else model.manners[other]


def _asked(messages: Sequence[Mapping[str, Any]]) -> Turn:
    return turn_of([m for m in messages if isinstance(m, dict)], {})


def _function(call: Mapping[str, Any]) -> str:
    function = call.get("function")
    return str(function.get("name")) if isinstance(function, dict) else ""


def _in_manner(model: Tuned, manner: Manner, prompt: str, choice: int) -> str:
    """A likely opener, one sentence on the topic, and a likely closer."""

    def likely(phrases: Sequence[str]) -> list[str]:
        def cost(phrase: str) -> float:
            return model.loss(prompt, phrase) + _MATTER_NATS * len(stems(phrase))

        ranked = sorted(phrases, key=lambda phrase: (cost(phrase), phrase))
        first = zlib.crc32(prompt.encode()) % min(_VARIETY, len(ranked))
        return ranked[first:] + ranked[:first]

    closers = likely(fitting(manner.closers, prompt))
    said = [middle(prompt, language(prompt)), closers[choice % len(closers)]]
    if manner.openers:
        openers = [
            phrase for phrase in likely(fitting(manner.openers, prompt)) if phrase not in said
        ]
        said = [openers[choice % len(openers)], *said] if openers else said
    return " ".join(said)
