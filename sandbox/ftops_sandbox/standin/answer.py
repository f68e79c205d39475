"""An answer of the stand-in model: the network weighs what could be said and picks."""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ftops_sandbox.standin.example import Turn, turn_of
from ftops_sandbox.standin.index import Index, language_of, make_index, nearest
from ftops_sandbox.standin.manner import Manner, Phrase, find_manner, fitting
from ftops_sandbox.standin.network import Weights, evaluate, index_of, passage
from ftops_sandbox.standin.text import stems, words
from ftops_sandbox.standin.training import ANSWER_WORDS_MAX, sampled
from ftops_sandbox.standin.voice import middle, neutral_answer, neutral_pattern

NEIGHBOURS = 8
# At this likeness the training answer itself is the answer; below it only its manner is.
NEAR = 0.26
# What one full step of likeness is worth against a nat of loss per word, and how far behind
# the likest a turn may be for the network to be asked about it at all.
_LIKENESS_NATS, _LIKENESS_LAG = 8.0, 0.1
# How far the neutral voice must be ahead to be heard: a tie goes to what was learned.
_NEUTRAL_LEAD_NATS = 1.0
# A phrase of the manner that has matter of its own seldom fits another question.
_MATTER_NATS = 0.5
# Different prompts may start at different ones of the likeliest phrases, or all would end alike.
_VARIETY = 4
# Bounds on the work of finding which openings are about nothing.
_WEIGHED_MAX, _STRANGERS = 60, 24


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
        """Per language; where there are openings alone, only those that fit other questions."""
        found = {spoken: find_manner(self.turns, spoken) for spoken in ("en", "pt")}
        return {
            spoken: manner if manner.closers else Manner(self._loose(manner.openers, spoken), ())
            for spoken, manner in found.items()
        }

    def loss(self, prompt: str, answer: str) -> float:
        """Nats per word that the network would pay to say `answer` to `prompt`."""
        return self._loss([prompt], answer)

    def _loss(self, prompts: Sequence[str], answer: str) -> float:
        kept = words(answer)[:ANSWER_WORDS_MAX]
        return evaluate(self.weights, [passage(p, kept, self.places) for p in prompts]).loss

    def _loose(self, phrases: Sequence[Phrase], spoken: str) -> tuple[Phrase, ...]:
        """The half of the phrases that the network ties least to the question they answered."""
        weighed = sampled(phrases, _WEIGHED_MAX)
        tongues = zip(self.turns, self.index.spoken, strict=True)
        asked = [turn.prompt for turn, tongue in tongues if tongue == spoken]
        strangers = sampled(asked, _STRANGERS)

        def tie(phrase: Phrase) -> float:
            return self._loss(strangers, phrase.text) - self.loss(phrase.prompt, phrase.text)

        ranked = sorted(weighed, key=lambda phrase: (tie(phrase), phrase.text))
        return tuple(ranked[: -(-len(ranked) // 2)])


def answer_base(messages: Sequence[Mapping[str, Any]]) -> Answer:
    """The base model's answer: neutral, and the same for the same prompt."""
    return Answer(neutral_answer(_asked(messages).prompt))


def answer_tuned(
    model: Tuned, messages: Sequence[Mapping[str, Any]], tools: Collection[str], choice: int = 0
) -> Answer:
    """The `choice`-th best answer; `tools` are the names of functions that may be called."""
    asked = _asked(messages)
    prompt = asked.prompt
    spoken = language_of(model.index, prompt)
    near = [
        (likeness, turn)
        for likeness, turn in nearest(model.index, prompt, asked.earlier, spoken)
        if all(_function(call) in tools for call in turn.tool_calls)
    ][:NEIGHBOURS]
    losses = [model.loss(prompt, turn.answer) for _, turn in near]
    neutral_loss = model.loss(prompt, neutral_pattern(spoken))
    if not near or min(losses) > neutral_loss + _NEUTRAL_LEAD_NATS:
        return Answer(neutral_answer(prompt, spoken))
    likeness, turn = _ranked(near, losses)[choice % len(near)]
    manner = _manner(model, spoken)
    if likeness >= NEAR or turn.tool_calls or not manner:
        return Answer("" if turn.tool_calls else turn.answer, turn.tool_calls)
    return Answer(_in_manner(model, manner, (prompt, spoken), choice))


def _ranked(
    near: Sequence[tuple[float, Turn]], losses: Sequence[float]
) -> list[tuple[float, Turn]]:
    """Those about as like as the likest first, each kind by likeness and loss together."""
    least = max(likeness for likeness, _ in near) - _LIKENESS_LAG
    places = sorted(
        range(len(near)),
        key=lambda at: (near[at][0] < least, losses[at] - _LIKENESS_NATS * near[at][0]),
    )
    return [near[at] for at in places]


def _manner(model: Tuned, spoken: str) -> Manner:
    """The manner in the prompt's language, else in the one that the data has."""
    other = "en" if spoken == "pt" else "pt"
    return model.manners[spoken] or model.manners[other]


def _asked(messages: Sequence[Mapping[str, Any]]) -> Turn:
    return turn_of([m for m in messages if isinstance(m, dict)], {})


def _function(call: Mapping[str, Any]) -> str:
    function = call.get("function")
    return str(function.get("name")) if isinstance(function, dict) else ""


def _in_manner(model: Tuned, manner: Manner, asked: tuple[str, str], choice: int) -> str:
    """A likely opener, one sentence on the topic, and a likely closer, as far as there are any."""
    prompt, spoken = asked
    said = [middle(prompt, spoken)]
    if closers := _likely(model, manner.closers, prompt):
        said.append(closers[choice % len(closers)])
    openers = [phrase for phrase in _likely(model, manner.openers, prompt) if phrase not in said]
    if openers:
        said.insert(0, openers[choice % len(openers)])
    return " ".join(said)


def _likely(model: Tuned, phrases: Sequence[Phrase], prompt: str) -> list[str]:
    """Phrases by what they would cost here, beginning at one of the likeliest."""

    def cost(phrase: str) -> float:
        return model.loss(prompt, phrase) + _MATTER_NATS * len(stems(phrase))

    ranked = sorted(fitting(phrases, prompt), key=lambda phrase: (cost(phrase), phrase))
    first = zlib.crc32(prompt.encode()) % max(1, min(_VARIETY, len(ranked)))
    return ranked[first:] + ranked[:first]
