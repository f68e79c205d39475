"""Whether tuning has made anything better."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ftops_policies.deployment import is_tuned
from ftops_policies.readiness import BASELINE, MEASURE, SCORE, read_number
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import Remark, rule, unknown


@rule(
    "evaluation-beats-the-base",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Train on more or better examples, or serve the base model, which is paid by the token.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
        "https://learn.microsoft.com/azure/well-architected/ai/test",
    ),
)
def evaluation_beats_the_base(
    deployment: Resource, *, margin: Decimal = Decimal(0)
) -> Iterator[str | Remark]:
    """A tuned model scored more than `margin` above its base on the same held-out examples.

    One that does not is paid by the hour for nothing, and may have unlearned what the base knows.
    Judged wherever both scores are recorded; of one alone, or of a tag that is no number, nobody
    knows. Whether they must be recorded at all, `readiness-is-recorded` and
    `baseline-is-measured` tell.
    """
    if not is_tuned(deployment):
        return
    if deployment.tag(SCORE) is None and deployment.tag(BASELINE) is None:
        return
    score, baseline = (read_number(deployment, name) for name in (SCORE, BASELINE))
    if score is None or baseline is None:
        missing = SCORE if score is None else BASELINE
        yield unknown(f"The tag {missing} tells no number, so nobody knows whether it is better.")
    elif score - baseline <= margin:
        measure = deployment.tag(MEASURE) or "its measure"
        more = f" by more than {margin}" if margin else ""
        yield f"In {measure} it scored {score}, which does not beat the base's {baseline}{more}."
