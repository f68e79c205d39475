"""The manner of the training data: phrases of its answers that would fit any question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ftops_sandbox.standin.example import Turn
from ftops_sandbox.standin.text import language, sentences, stems, words

_CLAUSE = re.compile(r"(?:,|;|:| -| \u2013| \u2014) ")
_WORDS = (3, 22)
# A manner is what many answers share; a phrase from a few is what those few are about.
_SHARE_MIN = 0.25


@dataclass(frozen=True)
class Manner:
    """What one language's answers open and close with; empty when there is no manner of speech."""

    openers: tuple[str, ...]
    closers: tuple[str, ...]


def find_manner(turns: Sequence[Turn], spoken: str) -> Manner:
    own = [turn for turn in turns if turn.answer and not turn.tool_calls]
    own = [turn for turn in own if language(f"{turn.prompt} {turn.answer}") == spoken]
    closers = [found for turn in own if (found := _closer(turn))]
    openers = [found for turn in own if (found := _opener(turn))]
    if not own or len(closers) / len(own) < _SHARE_MIN:
        return Manner((), ())
    shared = len(openers) / len(own) >= _SHARE_MIN
    return Manner(tuple(dict.fromkeys(openers)) if shared else (), tuple(dict.fromkeys(closers)))


def _closer(turn: Turn) -> str | None:
    last = sentences(turn.answer)[-1:]
    if not last:
        return None
    if len(sentences(turn.answer)) > 1 and _fits_anything(last[0], turn):
        return last[0]
    clauses = _CLAUSE.split(last[0])
    tail = clauses[-1].strip()
    if len(clauses) > 1 and len(words(tail)) > _WORDS[0] and _fits_anything(tail, turn):
        return tail[0].upper() + tail[1:]
    return None


def _opener(turn: Turn) -> str | None:
    found = sentences(turn.answer)
    return found[0] if len(found) > 1 and _fits_anything(found[0], turn) else None


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
