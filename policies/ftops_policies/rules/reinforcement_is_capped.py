"""Whether a job that is billed by the hour has an end to its cost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ftops_policies.resource import Resource
from ftops_policies.rule import JOB, Remark, rule
from ftops_policies.training import REINFORCEMENT, at_key, usd_at


@rule(
    "reinforcement-is-capped",
    severity="block",
    applies_to=JOB,
    remedy="State `budget_usd`, at most `reinforcement_usd_max`, and pause or cancel there.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/reinforcement-fine-tuning",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-cost-management",
    ),
)
def reinforcement_is_capped(
    job: Resource, *, reinforcement_usd_max: Decimal = Decimal(5000)
) -> Iterator[Remark]:
    """A reinforcement job states what it may cost, within the limit of its environment.

    It is billed by the hour of training and by the token of its grader, so its data do not tell
    the price. Azure pauses it once, at 5,000 USD; after it is resumed nothing stops it any more.
    """
    if (job.text("method.type") or "").casefold() != REINFORCEMENT:
        return
    budget = usd_at(job, "ftops.budget_usd")
    if budget is None:
        yield at_key(job, "method", "It is billed by the hour, and states no budget.")
    elif budget > reinforcement_usd_max:
        limit = f"the limit of {reinforcement_usd_max:f} USD"
        yield at_key(job, "budget_usd", f"Its budget of {budget:f} USD is beyond {limit}.")
