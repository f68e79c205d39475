"""Whether anything watches what an environment costs."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.neighbour import of_type
from ftops_policies.resource import RESOURCE_GROUP, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule

BUDGET = "Microsoft.Consumption/budgets"


@rule(
    "environment-has-a-budget",
    severity="warn",
    applies_to=ENVIRONMENT,
    remedy="Declare `ftops:budget` with an amount, a first month and who is told.",
    references=(
        "https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-acm-create-budgets",
        "https://learn.microsoft.com/azure/well-architected/cost-optimization/set-spending-guardrails",
    ),
)
def environment_has_a_budget(resources: tuple[Resource, ...]) -> Iterator[Remark]:
    """An environment that has a resource group has a budget.

    A tuned deployment that is forgotten costs about 1,240 USD a month and fails nothing; only the
    invoice tells, weeks later. Judged where the resource group is declared: a budget that
    somebody else keeps is not seen here, and its environment may turn this rule off.
    """
    if not of_type(resources, BUDGET):
        for group in of_type(resources, RESOURCE_GROUP):
            yield Remark("No budget watches what this environment costs.", about=group)
