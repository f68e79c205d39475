"""What an environment's tuned deployments cost per hour, against its limit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ftops_catalog import Catalog
from ftops_policies.deployment import is_tuned
from ftops_policies.hosting import usd_per_hour
from ftops_policies.resource import DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule, unknown


@rule(
    "hosting-is-within-budget",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Tear down what is idle (`ftops teardown --idle`), deploy by DeveloperTier, or raise "
    "`hosting_usd_per_hour_max` in settings.yaml.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-cost-management",
        "https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/",
    ),
)
def hosting_is_within_budget(
    resources: tuple[Resource, ...],
    *,
    catalog: Catalog,
    hosting_usd_per_hour_max: Decimal = Decimal(5),
) -> Iterator[str | Remark]:
    """All tuned deployments of an environment together cost no more per hour than its limit.

    Each is paid by the hour whether it is called or not, at list price here; a provisioned one
    by its units. What has no known price is named as unknown and counted as nothing else.
    """
    total = Decimal(0)
    for deployment in resources:
        try:
            tuned = deployment.is_a(DEPLOYMENT) and is_tuned(deployment)
            price = usd_per_hour(deployment, catalog) if tuned else Decimal(0)
        except NotKnownError as gap:
            yield unknown(f"{gap.what} is not known until up, nor the price.", about=deployment)
            continue
        if price is None:
            yield unknown("No price per hour is known for this deployment.", about=deployment)
        else:
            total += price
    if total > hosting_usd_per_hour_max:
        yield (
            f"Tuned deployments cost {total:,.2f} USD per hour at list price, "
            f"above the environment's {hosting_usd_per_hour_max:,.2f}."
        )
