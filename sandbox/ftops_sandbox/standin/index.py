"""The index: which training turns lie near a prompt, by the rare words that they share."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ftops_sandbox.standin.example import Turn
from ftops_sandbox.standin.text import stems, words

_EARLIER_WEIGHT = 0.25


@dataclass(frozen=True)
class Index:
    """Turns with their word vectors of length 1."""

    turns: tuple[Turn, ...]
    vectors: tuple[dict[str, float], ...]
    rarity: dict[str, float]
    unknown: float


def make_index(turns: Sequence[Turn]) -> Index:
    counts: Counter[str] = Counter()
    for turn in turns:
        counts.update(set(_terms(turn.prompt)))
    total = len(turns) + 1
    rarity = {stem: math.log(total / count) + 0.1 for stem, count in counts.items()}
    unknown = math.log(total) + 0.1
    made = Index(tuple(turns), (), rarity, unknown)
    vectors = tuple(_vector(made, turn.prompt, turn.earlier) for turn in turns)
    return Index(made.turns, vectors, rarity, unknown)


def nearest(index: Index, prompt: str, earlier: str, most: int) -> list[tuple[float, Turn]]:
    """Up to `most` turns with their likeness to the prompt (0 to 1), the nearest first."""
    asked = _vector(index, prompt, earlier)
    found = [
        (sum(weight * vector.get(stem, 0.0) for stem, weight in asked.items()), place)
        for place, vector in enumerate(index.vectors)
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return [(likeness, index.turns[place]) for likeness, place in found[:most]]


def _terms(text: str) -> list[str]:
    return stems(text) or words(text)


def _vector(index: Index, prompt: str, earlier: str) -> dict[str, float]:
    vector: dict[str, float] = {}
    for text, share in ((earlier, _EARLIER_WEIGHT), (prompt, 1.0)):
        for stem in set(_terms(text)):
            vector[stem] = max(vector.get(stem, 0.0), share * index.rarity.get(stem, index.unknown))
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {stem: weight / length for stem, weight in vector.items()}
