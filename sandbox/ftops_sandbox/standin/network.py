"""The network: a log-bilinear language model that sees three words back and the whole prompt."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ftops_sandbox.standin.text import words
from ftops_sandbox.standin.voice import upbringing

Array = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int32]

CONTEXT_WORDS = 3
WIDTH = 48
START, END, RARE = "<start>", "<end>", "<rare>"
RARE_BUCKETS = 64
_SEED = 20_261_120
_UPBRINGING_PASSES = 12
_UPBRINGING_RATE = 0.02
_NEWCOMER_MASS = 0.35


@dataclass(frozen=True)
class Weights:
    """All parameters; rows of the three tables follow `vocabulary`."""

    vocabulary: tuple[str, ...]
    seen: Array
    prompt: Array
    said: Array
    bias: Array
    near: Array

    def tables(self) -> dict[str, Array]:
        return {name: getattr(self, name) for name in ("seen", "prompt", "said", "bias", "near")}


@dataclass(frozen=True)
class Passage:
    """One answer as numbers: each target word with the words before it, and the prompt's bag."""

    bag: Ids
    context: Ids
    target: Ids


@dataclass(frozen=True)
class Score:
    """Loss in nats per word, share of words guessed first, and how many words there were."""

    loss: float
    accuracy: float
    words: int


def index_of(vocabulary: tuple[str, ...]) -> dict[str, int]:
    return {word: place for place, word in enumerate(vocabulary)}


def number_of(word: str, index: dict[str, int]) -> int:
    """A word's row; unknown words share a few rows by their spelling, so that they differ."""
    found = index.get(word)
    if found is not None:
        return found
    spelled = sum(ord(char) * (place + 1) for place, char in enumerate(word))
    return index[f"{RARE}{spelled % RARE_BUCKETS}"]


def passage(prompt: str, answer: list[str], index: dict[str, int]) -> Passage:
    row = [number_of(word, index) for word in answer] + [index[END]]
    before = [index[START]] * CONTEXT_WORDS + row[:-1]
    context = [before[place : place + CONTEXT_WORDS] for place in range(len(row))]
    bag = sorted({number_of(word, index) for word in words(prompt)})
    return Passage(np.array(bag, np.int32), np.array(context, np.int32), np.array(row, np.int32))


def _hidden(weights: Weights, batch: list[Passage]) -> tuple[Array, Ids, Ids]:
    context = np.concatenate([item.context for item in batch])
    target = np.concatenate([item.target for item in batch])
    bags = np.zeros((len(batch), WIDTH), np.float32)
    for place, item in enumerate(batch):
        if item.bag.size:
            bags[place] = weights.prompt[item.bag].sum(axis=0) / np.sqrt(item.bag.size)
    lengths = [item.target.size for item in batch]
    hidden = np.einsum("tkw,kw->tw", weights.seen[context], weights.near)
    return hidden + np.repeat(bags, lengths, axis=0), context, target


def _log_shares(weights: Weights, hidden: Array) -> Array:
    logits = hidden @ weights.said.T + weights.bias
    logits -= logits.max(axis=1, keepdims=True)
    shares: Array = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return shares


def evaluate(weights: Weights, batch: list[Passage]) -> Score:
    hidden, _, target = _hidden(weights, batch)
    return _score(_log_shares(weights, hidden), target)


def _score(shares: Array, target: Ids) -> Score:
    chosen = shares[np.arange(target.size), target]
    right = float((shares.argmax(axis=1) == target).mean())
    return Score(-float(chosen.mean()), right, int(target.size))


@dataclass(frozen=True)
class Slope:
    """How the loss changes with a table: with all of it, or with the rows that were used."""

    values: Array
    rows: Ids | None = None


def gradients(weights: Weights, batch: list[Passage]) -> tuple[Score, dict[str, Slope]]:
    """The batch's score before the step, and the slope of its loss for every table."""
    hidden, context, target = _hidden(weights, batch)
    shares = _log_shares(weights, hidden)
    score = _score(shares, target)
    error = np.exp(shares)
    error[np.arange(target.size), target] -= 1
    error /= target.size
    back = error @ weights.said
    slopes = {
        "seen": _slope_of_seen(weights, context, back),
        "prompt": _slope_of_prompt(batch, back),
        "said": Slope(error.T @ hidden),
        "bias": Slope(error.sum(axis=0)),
        "near": Slope(np.einsum("tkw,tw->kw", weights.seen[context], back)),
    }
    return score, slopes


def _slope_of_seen(weights: Weights, context: Ids, back: Array) -> Slope:
    rows, places = np.unique(context, return_inverse=True)
    values = np.zeros((rows.size, WIDTH), np.float32)
    places = places.reshape(context.shape)
    for k in range(CONTEXT_WORDS):
        np.add.at(values, places[:, k], back * weights.near[k])
    return Slope(values, rows)


def _slope_of_prompt(batch: list[Passage], back: Array) -> Slope:
    rows = np.unique(np.concatenate([item.bag for item in batch]))
    values = np.zeros((rows.size, WIDTH), np.float32)
    start = 0
    for item in batch:
        end = start + item.target.size
        if item.bag.size:
            share = back[start:end].sum(axis=0) / np.float32(math.sqrt(item.bag.size))
            values[np.searchsorted(rows, item.bag)] += share
        start = end
    return Slope(values, rows)


class Adam:
    """The optimiser's memory: running means of the slopes and of their squares.

    Rows that a batch did not use keep their memory as it is, which is what makes a step cheap.
    """

    def __init__(self, weights: Weights) -> None:
        self._mean = {name: np.zeros_like(table) for name, table in weights.tables().items()}
        self._square = {name: np.zeros_like(table) for name, table in weights.tables().items()}
        self._steps = 0

    def step(self, weights: Weights, slopes: dict[str, Slope], rate: float) -> None:
        """One step, in place: `weights` must be the caller's own copy."""
        self._steps += 1
        scale = rate * math.sqrt(1 - 0.999**self._steps) / (1 - 0.9**self._steps)
        for name, table in weights.tables().items():
            slope = slopes[name]
            rows = slice(None) if slope.rows is None else slope.rows
            mean = 0.9 * self._mean[name][rows] + 0.1 * slope.values
            square = 0.999 * self._square[name][rows] + 0.001 * slope.values * slope.values
            self._mean[name][rows], self._square[name][rows] = mean, square
            table[rows] -= scale * mean / (np.sqrt(square) + 1e-8)


def copy_of(weights: Weights) -> Weights:
    return Weights(weights.vocabulary, **{k: table.copy() for k, table in weights.tables().items()})


def _fresh(vocabulary: tuple[str, ...], seed: int) -> Weights:
    random = np.random.default_rng(seed)

    def table() -> Array:
        return random.normal(0, 0.1, (len(vocabulary), WIDTH)).astype(np.float32)

    near = np.ones((CONTEXT_WORDS, WIDTH), np.float32)
    near *= np.array([[1.0], [0.7], [0.5]], np.float32)[::-1]
    bias = np.zeros(len(vocabulary), np.float32)
    return Weights(vocabulary, table(), table(), table(), bias, near)


@cache
def base_weights() -> Weights:
    """The base model: the same for every job, made once a process from its own small text."""
    texts = [words(text) for text in upbringing()]
    rare = tuple(f"{RARE}{place}" for place in range(RARE_BUCKETS))
    vocabulary = (START, END, *rare, *sorted({word for text in texts for word in text}))
    weights = _fresh(vocabulary, _SEED)
    index = index_of(vocabulary)
    batch = [passage("", text, index) for text in texts]
    optimiser = Adam(weights)
    for _ in range(_UPBRINGING_PASSES):
        for start in range(0, len(batch), 4):
            _, slopes = gradients(weights, batch[start : start + 4])
            optimiser.step(weights, slopes, _UPBRINGING_RATE)
    return weights


def grown(newcomers: list[str], seed: int, start: Weights | None = None) -> Weights:
    """The base, or `start`, with new words in its vocabulary: known, and not expected yet."""
    base = start or base_weights()
    new = tuple(word for word in newcomers if word not in set(base.vocabulary))
    if not new:
        return copy_of(base)
    fresh = _fresh(new, seed)
    mass = float(np.exp(base.bias).sum()) * _NEWCOMER_MASS / (1 - _NEWCOMER_MASS)
    bias = np.full(len(new), np.log(mass / len(new)), np.float32)
    joined = {
        name: np.concatenate([table, {**fresh.tables(), "bias": bias}[name]])
        for name, table in base.tables().items()
        if name != "near"
    }
    return Weights(base.vocabulary + new, near=base.near.copy(), **joined)
