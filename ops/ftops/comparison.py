"""Two deployments on the same held-out questions: replies side by side, and how near they come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WORD = re.compile(r"\w+|[^\w\s]")
CHRF_ORDER = 6
CHRF_BETA = 2
DIGITS = 4
MEASURE = (
    "chrF compares runs of 1 to 6 characters with the expected answer, F1 its words; both go from"
    " 0 to 1. They measure likeness to the expected wording, not whether an answer is good."
)


@dataclass(frozen=True)
class Question:
    """A held-out example: what is asked, and the answer that was kept back. `line` is its line."""

    line: int
    messages: tuple[Mapping[str, Any], ...]
    expected: str

    @property
    def text(self) -> str:
        """What the user says last."""
        said = [m.get("content") for m in self.messages if m.get("role") == "user"]
        return said[-1] if said and isinstance(said[-1], str) else ""


@dataclass(frozen=True)
class Reply:
    """What a deployment answered; tokens are None where it did not tell."""

    text: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True)
class Likeness:
    """How near a reply comes to the expected answer, each from 0 to 1."""

    chrf: float
    f1: float


@dataclass(frozen=True)
class Compared:
    """One question with both replies."""

    question: Question
    base: Reply
    tuned: Reply

    @property
    def base_likeness(self) -> Likeness:
        return likeness(self.base.text, self.question.expected)

    @property
    def tuned_likeness(self) -> Likeness:
        return likeness(self.tuned.text, self.question.expected)


@dataclass(frozen=True)
class Score:
    """The mean likeness of a deployment and the tokens it was billed for."""

    chrf: float
    f1: float
    prompt_tokens: int | None
    completion_tokens: int | None


def parse_question(line: int, example: Mapping[str, Any]) -> Question | None:
    """A question of a checked chat example; None where its answer is a tool call or has parts."""
    messages = example.get("messages")
    if not isinstance(messages, list) or len(messages) < 2:  # noqa: PLR2004 - one to ask, one to expect
        return None
    last = messages[-1]
    expected = last.get("content") if isinstance(last, dict) else None
    if not isinstance(expected, str) or last.get("role") != "assistant":
        return None
    asked = tuple({k: v for k, v in m.items() if k != "weight"} for m in messages[:-1])
    return Question(line, asked, expected)


def likeness(text: str, expected: str) -> Likeness:
    return Likeness(round(chrf(text, expected), DIGITS), round(f1(text, expected), DIGITS))


def f1(text: str, expected: str) -> float:
    """The harmonic mean of word precision and recall, in any letter case and order."""
    said, wanted = (Counter(WORD.findall(each.casefold())) for each in (text, expected))
    common = (said & wanted).total()
    return 2 * common / (said.total() + wanted.total()) if common else 0.0


def chrf(text: str, expected: str) -> float:
    """Character n-gram F-score (Popović 2015): n up to 6, recall weighs twice, blanks left out."""
    said, wanted = ("".join(each.split()) for each in (text, expected))
    precisions, recalls = [], []
    for size in range(1, CHRF_ORDER + 1):
        ours, theirs = grams(said, size), grams(wanted, size)
        if not ours or not theirs:
            continue
        common = (ours & theirs).total()
        precisions.append(common / ours.total())
        recalls.append(common / theirs.total())
    if not any(precisions):
        return 0.0
    precision, recall = (sum(each) / len(each) for each in (precisions, recalls))
    weight = CHRF_BETA**2
    return (1 + weight) * precision * recall / (weight * precision + recall)


def grams(text: str, size: int) -> Counter[str]:
    return Counter(text[start : start + size] for start in range(len(text) - size + 1))


def score(likenesses: Sequence[Likeness], replies: Iterable[Reply]) -> Score:
    """Means over all questions; a sum of tokens is unknown as soon as one of them is."""
    assert likenesses, "there is a question to score"
    kept = list(replies)
    count = len(likenesses)
    return Score(
        chrf=round(sum(each.chrf for each in likenesses) / count, DIGITS),
        f1=round(sum(each.f1 for each in likenesses) / count, DIGITS),
        prompt_tokens=total(reply.prompt_tokens for reply in kept),
        completion_tokens=total(reply.completion_tokens for reply in kept),
    )


def total(counts: Iterable[int | None]) -> int | None:
    kept = list(counts)
    return None if None in kept else sum(count for count in kept if count is not None)
