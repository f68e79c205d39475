"""Whether callers depend on something that Azure deletes after a day."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule


@rule(
    "developer-tier-is-for-experiments",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Deploy by Standard or GlobalStandard where others depend on the deployment.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tune-test",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/deployment-types",
    ),
)
def developer_tier_is_for_experiments(
    deployment: Resource, *, developer_tier_allowed: bool = True
) -> Iterator[str]:
    """Where others depend on an environment, nothing is deployed by the developer tier.

    Azure deletes such a deployment 24 hours after it was made, used or not. It has no service
    level and no data residency; it costs nothing by the hour, which is what it is for.
    """
    sku = (deployment.text("sku.name") or "").casefold()
    if sku in {"developer", "developertier"} and not developer_tier_allowed:
        yield "The developer tier is gone after 24 hours and has no service level."
