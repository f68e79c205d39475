"""Whether a budget is more than what its deployments cost by standing there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import inf

from ftops_catalog import Catalog
from ftops_policies.deployment import is_tuned
from ftops_policies.hosting import usd_per_hour
from ftops_policies.neighbour import of_type
from ftops_policies.resource import DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule, unknown

HOURS = {"monthly": 730, "quarterly": 2190, "annually": 8760}


@rule(
    "budget-covers-the-hosting",
    severity="warn",
    applies_to=ENVIRONMENT,
    remedy="Raise the budget's `amount` to what is planned, or declare fewer deployments.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-cost-management",
        "https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-acm-create-budgets",
    ),
)
def budget_covers_the_hosting(
    resources: tuple[Resource, ...], *, catalog: Catalog
) -> Iterator[Remark]:
    """A budget is at least what the declared tuned and provisioned deployments cost by the hour.

    One below that writes every month on a day that could be told today, and is then ignored on
    the day it matters. List prices are in USD, and the amount is read as if it were.
    """
    budgets = of_type(resources, "Microsoft.Consumption/budgets")
    if not budgets:
        return
    hourly = Decimal(0)
    for deployment in of_type(resources, DEPLOYMENT):
        try:
            price = usd_per_hour(deployment, catalog) if _paid(deployment) else Decimal(0)
        except NotKnownError:
            price = None
        if price is None:
            yield unknown("What this costs per hour is not known.", about=deployment)
        hourly += price or Decimal(0)
    for budget in budgets:
        yield from _compare(budget, hourly)


def _paid(deployment: Resource) -> bool:
    units = "provisioned" in (deployment.text("sku.name") or "").casefold()
    return units or is_tuned(deployment)


def _compare(budget: Resource, hourly: Decimal) -> Iterator[Remark]:
    try:
        amount = budget.at("properties.amount")
        hours = HOURS.get((budget.text("properties.timeGrain") or "").casefold())
    except NotKnownError as gap:
        yield unknown(f"{gap.what} is not known until up.", about=budget)
        return
    number = isinstance(amount, int | float) and not isinstance(amount, bool) and amount < inf
    if not number or hours is None:
        yield unknown("The budget states no amount for a month, quarter or year.", about=budget)
    elif amount < hourly * hours:
        wanted = f"{hourly * hours:,.2f} USD that the declared deployments cost by standing there"
        yield Remark(f"The budget of {amount} is below the {wanted}.", about=budget)
