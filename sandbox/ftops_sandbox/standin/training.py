"""Training: the examples, the hyperparameters and a seed in; a loss curve and checkpoints out."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from ftops_sandbox.standin.choice import Hyperparameters
from ftops_sandbox.standin.example import Turn
from ftops_sandbox.standin.network import (
    Adam,
    Passage,
    Score,
    Weights,
    copy_of,
    evaluate,
    gradients,
    grown,
    index_of,
    passage,
)
from ftops_sandbox.standin.text import words

T = TypeVar("T")

# Bounds on the work of one job; a larger file is sampled, evenly and always the same way.
VISITS_MAX = 1000
VISITED_WORDS_MAX = 40_000
ANSWER_WORDS_MAX = 96
PROMPT_CHARS_MAX = 4000
VOCABULARY_WORDS_MAX = 1800
VALIDATION_TURNS_MAX = 64
CHECKPOINTS_KEPT = 3
# The rate at a multiplier of 1. It grows with the multiplier's square root, so that Azure's
# advice (0.02 to 0.2) and the service's own choice (2.0) both lie where this network learns.
_RATE = 0.02


@dataclass(frozen=True)
class Row:
    """One line of the results file; None where nothing was measured at that step."""

    step: int
    train: Score
    valid: Score | None
    full_valid: Score | None


@dataclass(frozen=True)
class Checkpoint:
    """The model at the end of an epoch."""

    epoch: int
    row: Row
    weights: Weights


@dataclass(frozen=True)
class Run:
    """A finished training: a row for each step taken, and the last checkpoints, oldest first.

    `snapshots` are the weights at the steps that were asked for.
    """

    rows: tuple[Row, ...]
    checkpoints: tuple[Checkpoint, ...]
    snapshots: dict[int, Weights]


@dataclass
class _Album:
    """Weights to be kept on the way: at which row each of the wanted steps is reached."""

    wanted: dict[int, int]
    kept: dict[int, Weights] = field(default_factory=dict)

    def look(self, done: int, weights: Weights) -> None:
        for step, row in self.wanted.items():
            if row == done:
                self.kept[step] = copy_of(weights)


def sampled(items: Sequence[T], most: int) -> list[T]:
    """At most `most` items, spread evenly over all of them."""
    if len(items) <= most:
        return list(items)
    places = np.linspace(0, len(items) - 1, most).round().astype(int)
    return [items[place] for place in places]


def train(
    turns: Sequence[Turn],
    valid: Sequence[Turn],
    chosen: Hyperparameters,
    steps: int,
    start: Weights | None = None,
    snapshots: Collection[int] = (),
) -> Run:
    """Train on every turn's answer; `steps` is how many the job counts in its full file.

    It goes on from `start`, else from the base.
    """
    kept = sampled(turns, _turns_max(turns, chosen.n_epochs))
    weights = grown(_newcomers([*kept]), chosen.seed, start)
    index = index_of(weights.vocabulary)
    lessons = [_passage(turn, index) for turn in kept]
    checks = [_passage(turn, index) for turn in sampled(valid, VALIDATION_TURNS_MAX)]
    taken = -(-len(lessons) // chosen.batch_size) * chosen.n_epochs
    album = _Album({step: max(1, int(step * taken / steps + 1e-6)) for step in snapshots})
    return _epochs(weights, (lessons, checks), chosen, steps, album)


def _turns_max(turns: Sequence[Turn], n_epochs: int) -> int:
    length = sum(min(len(words(turn.answer)) + 1, ANSWER_WORDS_MAX) for turn in turns)
    words_mean = max(1.0, length / max(1, len(turns)))
    return max(10, int(min(VISITS_MAX, VISITED_WORDS_MAX / words_mean)) // n_epochs)


def _newcomers(turns: Sequence[Turn]) -> list[str]:
    counts: Counter[str] = Counter()
    for turn in turns:
        counts.update(words(turn.answer)[:ANSWER_WORDS_MAX])
        counts.update(set(words(turn.prompt[:PROMPT_CHARS_MAX])))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return ranked[:VOCABULARY_WORDS_MAX]


def _passage(turn: Turn, index: dict[str, int]) -> Passage:
    answer = words(turn.answer)[:ANSWER_WORDS_MAX]
    return passage(turn.prompt[:PROMPT_CHARS_MAX], answer, index)


def _epochs(
    weights: Weights,
    passages: tuple[list[Passage], list[Passage]],
    chosen: Hyperparameters,
    steps: int,
    album: _Album,
) -> Run:
    lessons, checks = passages
    random = np.random.default_rng(chosen.seed)
    optimiser = Adam(weights)
    taken = -(-len(lessons) // chosen.batch_size)
    rate = _RATE * math.sqrt(chosen.learning_rate_multiplier)
    stretch = steps / (taken * chosen.n_epochs)
    rows: list[Row] = []
    checkpoints: list[Checkpoint] = []
    for epoch in range(1, chosen.n_epochs + 1):
        order = random.permutation(len(lessons))
        for start in range(0, len(lessons), chosen.batch_size):
            batch = [lessons[place] for place in order[start : start + chosen.batch_size]]
            score, slopes = gradients(weights, batch)
            optimiser.step(weights, slopes, rate)
            done = len(rows) + 1
            ends = start + chosen.batch_size >= len(lessons)
            valid = checks if ends or not done % chosen.eval_interval else []
            place = (round(done * stretch), done // chosen.eval_interval * 4, ends)
            rows.append(_row(weights, valid, score, place))
            album.look(done, weights)
        checkpoints.append(Checkpoint(epoch, rows[-1], copy_of(weights)))
        checkpoints = checkpoints[-CHECKPOINTS_KEPT:]
    return Run(tuple(rows), tuple(checkpoints), album.kept)


def _row(
    weights: Weights, checks: list[Passage], score: Score, place: tuple[int, int, bool]
) -> Row:
    step, first, epoch_ends = place
    if not checks:
        return Row(step, score, None, None)
    start = first % len(checks)
    few = evaluate(weights, checks[start : start + 4])
    return Row(step, score, few, evaluate(weights, checks) if epoch_ends else None)
