"""What is recorded of a tuned model before others depend on it: tags of its deployment."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ftops_policies.resource import Resource

APPROVED_BY: Final = "approved-by"
APPROVED_ON: Final = "approved-on"
MEASURE: Final = "eval-measure"
HELD_OUT: Final = "eval-held-out"
EXAMPLES: Final = "eval-examples"
BASELINE: Final = "eval-baseline"
SCORE: Final = "eval-score"

APPROVAL: Final = (APPROVED_BY, APPROVED_ON)
EVALUATION: Final = (MEASURE, HELD_OUT, EXAMPLES, SCORE)
READINESS: Final = (*APPROVAL, *EVALUATION, BASELINE)
"""Every tag of it; tags, since Azure keeps them and each place where rules are asked sees them."""


def read_number(deployment: Resource, tag: str) -> Decimal | None:
    """A tag as a number; None where it is not set, or is none."""
    written = deployment.tag(tag)
    try:
        number = Decimal(written) if written else None
    except ArithmeticError:
        return None
    return number if number is not None and number.is_finite() else None
