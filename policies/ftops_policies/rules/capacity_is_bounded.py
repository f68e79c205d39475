"""Whether a deployment's capacity stays within the environment's limit."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule


@rule(
    "capacity-is-bounded",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Lower `sku.capacity`, or raise `capacity_max` of the environment in settings.yaml.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota",
        "https://learn.microsoft.com/azure/well-architected/cost-optimization/",
    ),
)
def capacity_is_bounded(deployment: Resource, *, capacity_max: int = 50) -> Iterator[str]:
    """A deployment states its capacity, and no more than the environment allows.

    Capacity is thousands of tokens per minute, or provisioned units. It is taken from a quota
    that the whole subscription shares in a region: one generous deployment leaves none for the
    next, and provisioned units are paid by the hour whether used or not.
    """
    capacity = deployment.at("sku.capacity")
    if not isinstance(capacity, int | float) or isinstance(capacity, bool):
        yield "The deployment states no capacity, so nothing bounds it."
    elif not capacity <= capacity_max:
        yield f"The capacity {capacity} is above the environment's limit of {capacity_max}."
