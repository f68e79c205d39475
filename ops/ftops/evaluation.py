"""An evaluation: what a base and a tuned model reached on the same held-out examples, as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ftops.answer import rfc3339
from ftops.comparison import Score
from ftops.estate import Account, Deployment, text_at, value_at
from ftops.instant import parse_instant
from ftops_catalog.errors import BadConfig, NotReady

SCHEMA = "ftops/evaluation/v1"
DIGEST = re.compile(r"[0-9a-f]{64}")
BYTES_MAX = 10_000_000
HINT = "ftops compare BASE TUNED --data FILE --save evaluation.json writes one"


@dataclass(frozen=True)
class Measured:
    """What both reached in one measure, in which more is better; `base` None was not measured."""

    measure: str
    base: Decimal | None
    tuned: Decimal


@dataclass(frozen=True)
class Evaluation:
    """A comparison as it was made; `account_id` and `region` are where the tuned model served.

    `held_out` is the sha256 of the file with the examples, `measures` are in order of weight.
    """

    made_at: datetime
    account_id: str
    region: str
    base_model: str
    tuned_model: str
    held_out: str
    examples: int
    measures: Sequence[Measured]


def render_evaluation(
    account: Account,
    compared: tuple[Deployment, Deployment],
    held_out: Mapping[str, object],
    scores: tuple[Score, Score],
    now: datetime,
) -> str:
    """The file that `ftops promote` reads; of `compared` and `scores` the base comes first.

    `held_out` has the name of the file with the examples, its sha256 and how many were asked.
    """
    base, tuned = compared
    measures = (
        ("chrF", scores[0].chrf, scores[1].chrf),
        ("F1", scores[0].f1, scores[1].f1),
    )
    whole = {
        "schema": SCHEMA,
        "made_at": rfc3339(now),
        "account": {"name": account.name, "id": account.id, "region": account.region},
        "held_out": dict(held_out),
        "base": {"deployment": base.name, "model": base.model, "version": base.version},
        "tuned": {"deployment": tuned.name, "model": tuned.model},
        "scores": [
            {"measure": name, "base": str(first), "tuned": str(second)}
            for name, first, second in measures
        ],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def read_evaluation(path: Path) -> Evaluation:
    """An evaluation from its file; BadConfig names what it lacks."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise BadConfig(f"{path} is too large for an evaluation", HINT)
        whole = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotReady(f"{path} cannot be read: {error.strerror}", HINT) from error
    except (ValueError, RecursionError) as error:
        raise BadConfig(f"{path} is no evaluation: not JSON", HINT) from error
    return parse_evaluation(whole, str(path))


def parse_evaluation(whole: Any, name: str) -> Evaluation:
    """An evaluation from JSON's values; `name` is how messages call the file."""
    if text_at(whole, "schema") != SCHEMA:
        raise BadConfig(f"{name} is no evaluation: its schema is not {SCHEMA}", HINT)
    made_at = parse_instant(value_at(whole, "made_at"))
    examples = value_at(whole, "held_out", "examples")
    found = {
        "tuned.model": text_at(whole, "tuned", "model"),
        "made_at": made_at,
        "held_out.sha256": DIGEST.fullmatch(text_at(whole, "held_out", "sha256")),
        "held_out.examples": type(examples) is int and examples > 0,
        "scores": _measures(value_at(whole, "scores")),
    }
    missing = [key for key, value in found.items() if not value]
    if missing or made_at is None:
        raise BadConfig(f"{name} is no evaluation: {', '.join(missing)} is missing or wrong", HINT)
    return Evaluation(
        made_at=made_at,
        account_id=text_at(whole, "account", "id"),
        region=text_at(whole, "account", "region"),
        base_model=text_at(whole, "base", "model"),
        tuned_model=text_at(whole, "tuned", "model"),
        held_out=text_at(whole, "held_out", "sha256"),
        examples=examples,
        measures=_measures(value_at(whole, "scores")),
    )


def _measures(rows: Any) -> list[Measured]:
    """Every measure; none where one of them is not whole."""
    found = []
    for row in rows if isinstance(rows, list) else ():
        tuned = _number(value_at(row, "tuned"))
        measure, base = text_at(row, "measure").strip(), value_at(row, "base")
        if not measure or tuned is None or (base is not None and _number(base) is None):
            return []
        found.append(Measured(measure, _number(base), tuned))
    return found


def _number(value: object) -> Decimal | None:
    """A number of JSON, or one in text; nine digits on either side of the point are enough."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number) < 10**9 else None
