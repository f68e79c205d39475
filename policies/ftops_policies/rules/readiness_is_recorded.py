"""Whether anybody can tell why a tuned model serves others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ftops_policies.deployment import is_tuned
from ftops_policies.readiness import APPROVAL, APPROVED_ON, EVALUATION
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule


@rule(
    "readiness-is-recorded",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Promote the model with its evaluation and an approver: "
    "`ftops promote MODEL ENV --evaluation FILE --approved-by NAME`.",
    references=(
        "https://learn.microsoft.com/azure/well-architected/ai/mlops-genaiops",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
    ),
)
def readiness_is_recorded(
    deployment: Resource, *, now: datetime, readiness_required: bool = False
) -> Iterator[str]:
    """A tuned deployment says who approved it, when, and what it reached on held-out examples.

    Azure serves whatever a job has made. Months later, when it answers badly, its tags tell who
    decided on what evidence; nothing else in Azure does. With `readiness_required`, as in prod,
    none is deployed without. The program writes them from `readiness` in the stack file.
    """
    if not readiness_required or not is_tuned(deployment):
        return
    missing = [name for name in (*APPROVAL, *EVALUATION) if deployment.tag(name) is None]
    if missing:
        yield f"The tuned deployment has no tag{'s' * (len(missing) > 1)} {', '.join(missing)}."
    written = deployment.tag(APPROVED_ON)
    if written is None:
        return
    try:
        approved = date.fromisoformat(written)
    except ValueError:
        yield f"The tag {APPROVED_ON} says {written!r}, which is no day."
        return
    if approved > now.date():
        yield f"The tag {APPROVED_ON} says {written}, a day that is yet to come."
