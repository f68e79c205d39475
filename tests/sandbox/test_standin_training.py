"""The loss curve is a real one: epochs, batch size and learning rate change it, and it repeats."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

DATASETS = Path(__file__).parents[2].parent / "shared/datasets"
COLUMNS = [
    "step",
    "train_loss",
    "train_mean_token_accuracy",
    "valid_loss",
    "validation_mean_token_accuracy",
    "full_valid_loss",
    "full_valid_mean_token_accuracy",
]
SECONDS_MAX = 30  # some three on a quiet core, and cores of test machines are seldom quiet

Curve = list[dict[str, str]]


def _rows(first: int, count: int) -> list[dict[str, Any]]:
    places = ("Lisbon", "Oslo", "Lima", "Rome", "Cairo")
    return [
        {
            "messages": [
                {"role": "system", "content": "You know cities."},
                {"role": "user", "content": f"Say something about {places[n % 5]}, item {n}."},
                {
                    "role": "assistant",
                    "content": f"{places[n % 5]} is a city, and item {n} is noted. Enjoy the trip!",
                },
            ]
        }
        for n in range(first, first + count)
    ]


@pytest.fixture(scope="module")
def files(plane: Plane) -> tuple[str, str]:
    """A training file of 40 examples and a validation file of 8."""
    return plane.upload(_rows(0, 40)), plane.upload(_rows(40, 8), "valid.jsonl")


def _curve(plane: Plane, files: tuple[str, str], **hyperparameters: float) -> Curve:
    chosen: Any = hyperparameters
    job = plane.start(files[0], validation_file=files[1], hyperparameters=chosen, seed=11)
    done = plane.finish(job.id)
    assert done.status == "succeeded", done.error
    text = plane.azure.files.content(done.result_files[0]).text
    table = csv.DictReader(io.StringIO(text))
    assert table.fieldnames == COLUMNS
    return list(table)


def _end(curve: Curve, column: str = "train_loss", share: float = 0.1) -> float:
    last = [float(row[column]) for row in curve[-max(1, int(len(curve) * share)) :] if row[column]]
    return sum(last) / len(last)


def test_training_lowers_the_loss_and_raises_the_accuracy(
    plane: Plane, files: tuple[str, str]
) -> None:
    curve = _curve(plane, files, n_epochs=3, batch_size=1)

    assert [int(row["step"]) for row in curve] == list(range(1, 121))
    assert _end(curve) < 0.5 * float(curve[0]["train_loss"])
    assert _end(curve, "train_mean_token_accuracy") > 0.5
    full = [row for row in curve if row["full_valid_loss"]]
    assert [int(row["step"]) for row in full] == [40, 80, 120], "once at the end of each epoch"
    early = next(row for row in curve if row["valid_loss"])
    assert float(full[-1]["full_valid_loss"]) < float(early["valid_loss"])


def test_more_epochs_end_with_a_lower_training_loss(plane: Plane, files: tuple[str, str]) -> None:
    short = _curve(plane, files, n_epochs=1, batch_size=1)
    long = _curve(plane, files, n_epochs=6, batch_size=1)

    assert len(long) == 6 * len(short)
    assert _end(long) < 0.5 * _end(short)


def test_a_higher_learning_rate_changes_the_curve(plane: Plane, files: tuple[str, str]) -> None:
    low = _curve(plane, files, n_epochs=2, batch_size=1, learning_rate_multiplier=0.02)
    usual = _curve(plane, files, n_epochs=2, batch_size=1, learning_rate_multiplier=1)
    wild = _curve(plane, files, n_epochs=2, batch_size=1, learning_rate_multiplier=400)

    assert _end(usual) < _end(low), "too small a rate learns less in the same steps"
    assert _end(usual) < _end(wild), "too large a rate diverges"


def test_a_larger_batch_takes_fewer_steps_and_learns_less_in_them(
    plane: Plane, files: tuple[str, str]
) -> None:
    one = _curve(plane, files, n_epochs=2, batch_size=1)
    eight = _curve(plane, files, n_epochs=2, batch_size=8)

    assert (len(one), len(eight)) == (80, 10)
    assert _end(one) < _end(eight)


def test_the_same_seed_gives_the_same_curve(plane: Plane, files: tuple[str, str]) -> None:
    first = _curve(plane, files, n_epochs=1, batch_size=2)

    assert _curve(plane, files, n_epochs=1, batch_size=2) == first


@pytest.mark.skipif(
    not DATASETS.is_dir(), reason="the shared datasets are not beside this checkout"
)
def test_a_large_file_is_sampled_so_that_training_stays_quick(plane: Plane) -> None:
    lines = (DATASETS / "foundry-gsm8k-chat-train.jsonl").read_bytes() * 3
    chosen: Any = {"n_epochs": 4, "batch_size": 2}
    job = plane.start(plane.upload(lines), hyperparameters=chosen)
    done = plane.finish(job.id)
    before = time.monotonic()
    text = plane.azure.files.content(done.result_files[0]).text

    assert time.monotonic() - before < SECONDS_MAX
    steps = [int(row["step"]) for row in csv.DictReader(io.StringIO(text))]
    assert steps[-1] == 4 * (449 * 3 // 2 + 1), "steps are counted in the whole file"
    assert len(steps) < steps[-1], "and not every one of them is taken"
