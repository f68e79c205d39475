"""The manner of the training data: phrases of its answers that would fit any question."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ftops_sandbox.standin.example import Turn
from ftops_sandbox.standin.text import language, points_back, sentences, stems, words

_CLAUSE = re.compile(r"(?:,|;|:| -| \u2013| \u2014) ")
# A clause that can be a sentence of its own when its sentence is not there.
_STANDS_ALONE = re.compile(
    r"(?:as if|but|because|though|not|como se|mas|porque|nem|claro|não)\b", re.IGNORECASE
)
_WORDS = (3, 15)
_KIND_MIN = 3
# A manner is what many answers share; a phrase from a few is what those few are about.
_SHARE_MIN = 0.25
# Where the closings are all about their questions, short openings alone may make a manner.
_QUIP_WORDS_MAX, _QUIPS_MIN, _QUIPS_SHARE_MIN = 9, 4, 0.05


@dataclass(frozen=True)
class Phrase:
    """A phrase, and the question which it answered."""

    prompt: str
    text: str

    @property
    def asked(self) -> str:
        """The word that began the question."""
        return first_word(self.prompt)


@dataclass(frozen=True)
class Manner:
    """What one language's answers open and close with; empty when there is no manner of speech."""

    openers: tuple[Phrase, ...]
    closers: tuple[Phrase, ...]

    def __bool__(self) -> bool:
        return bool(self.openers or self.closers)


def first_word(prompt: str) -> str:
    return (words(prompt) or [""])[0]


def fitting(phrases: Sequence[Phrase], prompt: str) -> list[str]:
    """Phrases that answered a question of the same kind, or all when there are hardly any."""
    same = [phrase.text for phrase in phrases if phrase.asked == first_word(prompt)]
    return same if len(same) >= _KIND_MIN else [phrase.text for phrase in phrases]


def find_manner(turns: Sequence[Turn], spoken: str) -> Manner:
    """The manner of the turns in one language."""
    own = [turn for turn in turns if turn.answer and not turn.tool_calls]
    own = [turn for turn in own if language(f"{turn.prompt} {turn.answer}") == spoken]
    closers = _phrases(own, _closer)
    openers = _phrases(own, _opener)
    if not own or len(closers) / len(own) < _SHARE_MIN:
        quips = _phrases(own, _quip)
        enough = len(quips) >= max(_QUIPS_MIN, _QUIPS_SHARE_MIN * len(own))
        return Manner(_once(quips) if enough else (), ())
    shared = len(openers) / len(own) >= _SHARE_MIN
    return Manner(_once(openers) if shared else (), _once(closers))


def _phrases(turns: Sequence[Turn], find: Callable[[Turn], str | None]) -> tuple[Phrase, ...]:
    return tuple(Phrase(turn.prompt, text) for turn in turns if (text := find(turn)))


def _once(phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """Each phrase once for each kind of question that it answered."""
    return tuple({(phrase.asked, phrase.text): phrase for phrase in phrases}.values())


def _closer(turn: Turn) -> str | None:
    said = sentences(turn.answer)
    if not said:
        return None
    if len(said) > 1 and _fits_anything(said[-1], turn):
        return said[-1]
    clauses = _CLAUSE.split(said[-1])
    tail = clauses[-1].strip()
    if len(clauses) > 1 and _STANDS_ALONE.match(tail) and _fits_anything(tail, turn):
        return tail[0].upper() + tail[1:]
    return None


def _opener(turn: Turn) -> str | None:
    found = sentences(turn.answer)
    return found[0] if len(found) > 1 and _fits_anything(found[0], turn) else None


def _quip(turn: Turn) -> str | None:
    """A short opening on nothing that the rest of its own answer goes on to speak of."""
    opener = _opener(turn)
    if not opener or len(opener.split()) > _QUIP_WORDS_MAX or ":" in opener:
        return None
    rest = " ".join(sentences(turn.answer)[1:])
    told = points_back(opener) or set(stems(opener)) & set(stems(rest))
    return None if told else opener


def _fits_anything(sentence: str, turn: Turn) -> bool:
    """No digit, no name, and no word of the question that it answered."""
    if any(char.isdigit() for char in sentence) or sentence[-1] not in ".!?…)":
        return False
    parts = sentence.split()
    if not _WORDS[0] <= len(parts) <= _WORDS[1]:
        return False
    if any(part[0].isupper() and part not in ("I", "I'm", "I'd", "I'll") for part in parts[1:]):
        return False
    return not set(stems(sentence)) & set(stems(f"{turn.prompt} {turn.earlier}"))
