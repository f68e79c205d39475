"""Whether the deployed model still has a future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ftops_catalog import Catalog
from ftops_policies.deployment import served_by
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import Remark, rule, unknown, warn


@rule(
    "model-is-not-retired",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Move to a model with a later date: `ftops catalog` lists them.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning",
    ),
)
def model_is_not_retired(
    deployment: Resource, *, catalog: Catalog, now: datetime, retirement_warning_days: int = 90
) -> Iterator[str | Remark]:
    """The deployed model is not past its retirement, and not close to it unnoticed.

    From that day on a deployment answers with errors. A tuned model has a day of its own, later
    than its base; a base model may be closed to new deployments long before it retires. The
    warning ahead of the day never blocks. A day that is not published is unknown, not never.
    """
    served = served_by(deployment, catalog)
    if served is None or served.model is None:
        name = served.name if served else "without a name"
        yield unknown(f"The catalog has no model {name}, so its retirement is not known.")
        return
    life = served.model.lifecycle
    closed = None if served.tuned else life.base_closed
    if closed is not None and closed <= now.date():
        yield f"Azure takes no new deployment of the base model {served.name} since {closed}."
        return
    day = life.deployment_retirement if served.tuned else life.retirement
    yield from _countdown(served.name, day, now.date(), retirement_warning_days)


def _countdown(
    name: str, day: date | None, today: date, warning_days: int
) -> Iterator[str | Remark]:
    if day is None:
        yield unknown(f"No retirement day is published for {name}.")
    elif day <= today:
        yield f"{name} retired on {day}."
    elif (day - today).days <= warning_days:
        yield warn(f"{name} retires on {day}, in {(day - today).days} days.")
