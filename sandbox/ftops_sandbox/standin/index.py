"""The index: which training turns lie near a prompt, by rare words and rare spellings shared."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ftops_sandbox.standin.example import Turn
from ftops_sandbox.standin.text import language, leaning, letters, stems, words

_EARLIER_WEIGHT = 0.25
# What words say counts for more than how they are spelled.
_WORDS_SHARE = 0.6

Vector = Mapping[str, float]
Terms = Callable[[str], list[str]]


@dataclass(frozen=True)
class View:
    """Texts as vectors of length 1 over one kind of term, rare terms weighing more."""

    terms: Terms
    rarity: Mapping[str, float]
    unknown: float
    vectors: tuple[Vector, ...] = ()

    def vector(self, prompt: str, earlier: str) -> Vector:
        """The vector of a prompt and, more faintly, of what was said before it."""
        found: dict[str, float] = {}
        for text, share in ((earlier, _EARLIER_WEIGHT), (prompt, 1.0)):
            for term in set(self.terms(text)):
                weight = share * self.rarity.get(term, self.unknown)
                found[term] = max(found.get(term, 0.0), weight)
        length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
        return {term: weight / length for term, weight in found.items()}

    def likenesses(self, asked: Vector) -> list[float]:
        """The cosine of each kept text with `asked`, 0 to 1."""
        return [
            sum(weight * vector.get(term, 0.0) for term, weight in asked.items())
            for vector in self.vectors
        ]


@dataclass(frozen=True)
class Index:
    """Turns with the language of each, as words and as spellings."""

    turns: tuple[Turn, ...]
    spoken: tuple[str, ...]
    by_word: View
    by_letters: View


def make_index(turns: Sequence[Turn]) -> Index:
    kept = tuple(turns)
    spoken = tuple(language(f"{turn.prompt} {turn.answer}") for turn in kept)
    return Index(kept, spoken, _view(kept, _terms), _view(kept, letters))


def nearest(
    index: Index, prompt: str, earlier: str, spoken: str | None = None
) -> list[tuple[float, Turn]]:
    """The turns with their likeness to the prompt (0 to 1), the nearest first.

    Only those in the language `spoken`, unless there are none.
    """
    own = [place for place, tongue in enumerate(index.spoken) if tongue == spoken]
    likeness = _likenesses(index, prompt, earlier)
    places = sorted(own or range(len(index.turns)), key=lambda place: (-likeness[place], place))
    return [(likeness[place], index.turns[place]) for place in places]


def language_of(index: Index, prompt: str) -> str:
    """The prompt's language by its function words, else that of the turns spelled most like it."""
    if leaning(prompt):
        return language(prompt)
    votes = {"en": 0.0, "pt": 0.0}
    likeness = index.by_letters.likenesses(index.by_letters.vector(prompt, ""))
    for tongue, share in zip(index.spoken, likeness, strict=True):
        votes[tongue] += share * share
    return "pt" if votes["pt"] > votes["en"] else "en"


def _likenesses(index: Index, prompt: str, earlier: str) -> list[float]:
    said = index.by_word.likenesses(index.by_word.vector(prompt, earlier))
    spelled = index.by_letters.likenesses(index.by_letters.vector(prompt, earlier))
    pairs = zip(said, spelled, strict=True)
    return [_WORDS_SHARE * one + (1 - _WORDS_SHARE) * other for one, other in pairs]


def _view(turns: Iterable[Turn], terms: Terms) -> View:
    kept = list(turns)
    counts: Counter[str] = Counter()
    for turn in kept:
        counts.update(set(terms(turn.prompt)))
    total = len(kept) + 1
    rarity = {term: math.log(total / count) + 0.1 for term, count in counts.items()}
    bare = View(terms, rarity, math.log(total) + 0.1)
    vectors = tuple(bare.vector(turn.prompt, turn.earlier) for turn in kept)
    return View(terms, rarity, bare.unknown, vectors)


def _terms(text: str) -> list[str]:
    return stems(text) or words(text)
