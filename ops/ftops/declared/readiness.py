"""Why a tuned model may serve others: who approved it, and how it did against its base."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from ftops.declared.part import Count, Fits, Part, wrong
from ftops_policies.readiness import (
    APPROVED_BY,
    APPROVED_ON,
    BASELINE,
    EXAMPLES,
    HELD_OUT,
    MEASURE,
    SCORE,
)

NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


def _score(value: Any) -> Any:
    """A number as written, by its digits: 0.42 is not the float next to it."""
    if isinstance(value, float) and abs(value) < 1:
        value = f"{Decimal(str(value)):f}"
    if isinstance(value, bool) or not NUMBER.fullmatch(str(value)):
        raise wrong("{key} is {value}", "write a number such as 0.42")
    return Decimal(str(value))


def _day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise wrong("{key} is {value}", 'write a day in quotes: "2026-11-21"') from error
    return value


Score = Annotated[Decimal, BeforeValidator(_score), WithJsonSchema({"type": ["number", "string"]})]
Day = Annotated[
    str,
    Fits(r"\d{4}-\d\d-\d\d", 'a day in quotes: "2026-11-21"'),
    AfterValidator(_day),
]
# Azure's tags end at 256 characters, and lose blanks at either end.
Words = Annotated[str, Fits(r"\S([^\x00-\x1f]{0,254}\S)?", "1 to 256 characters")]
Digest = Annotated[str, Fits(r"[0-9a-f]{64}", "a sha256, 64 of 0-9 a-f")]


class Evaluation(Part):
    """A comparison on held-out examples; in its measure more is better."""

    measure: Words
    """What was measured, such as chrF."""
    held_out: Digest
    """The sha256 of the file with the examples, so that the same ones can be asked again."""
    examples: Count
    """How many were asked."""
    baseline: Score | None = None
    """What the base model reached on them."""
    score: Score
    """What the tuned model reached on them."""


class Readiness(Part):
    """What a reviewer goes by; the deployment's tags say it, too, where an audit sees it."""

    approved_by: Words
    """Who answers for it."""
    approved_on: Day
    """The day of it, in quotes."""
    evaluation: Evaluation | None = None
    """How it did, on what it had not seen."""

    def tags(self) -> dict[str, str]:
        """The tags that say the same."""
        said = {APPROVED_BY: self.approved_by, APPROVED_ON: self.approved_on}
        done = self.evaluation
        if done is None:
            return said
        said |= {MEASURE: done.measure, HELD_OUT: done.held_out, EXAMPLES: str(done.examples)}
        if done.baseline is not None:
            said[BASELINE] = f"{done.baseline:f}"
        return {**said, SCORE: f"{done.score:f}"}
