"""Whether the model of a deployment can still be trained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ftops_catalog import Catalog
from ftops_policies.deployment import served_by
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import Remark, rule, unknown


@rule(
    "model-can-be-tuned-again",
    severity="warn",
    applies_to=DEPLOYMENT,
    remedy="Plan the next training on a model with a later date: `ftops catalog` lists them.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
    ),
)
def model_can_be_tuned_again(
    deployment: Resource, *, catalog: Catalog, now: datetime, training_warning_days: int = 90
) -> Iterator[str | Remark]:
    """The model that a deployment was tuned from, or is to be tuned from, can still be trained.

    Training ends months before the tuned deployment does, and for new customers with the base
    model. What is served goes on, but a mistake in its data can no longer be trained out of it.
    A day that is not published is unknown, not never.
    """
    served = served_by(deployment, catalog)
    if served is None or served.model is None:
        if served is None or served.tuned:
            yield unknown("Without a model of the catalog its last day of training is not known.")
        return
    last = served.model.lifecycle.training_retirement
    if last is None:
        yield unknown(f"No last day of training is published for {served.model.name}.")
        return
    days = (last - now.date()).days
    if days <= 0:
        yield f"{served.model.name} cannot be trained any more since {last}."
    elif days <= training_warning_days:
        yield f"{served.model.name} can be trained until {last}, for {days} more days."
