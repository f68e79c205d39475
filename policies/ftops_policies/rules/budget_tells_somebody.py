"""Whether a budget that is used up reaches a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ftops_policies.resource import Resource
from ftops_policies.rule import rule

RECIPIENTS: Final = ("contactEmails", "contactGroups", "contactRoles")


@rule(
    "budget-tells-somebody",
    severity="block",
    applies_to="Microsoft.Consumption/budgets",
    remedy="Give the budget `emails` or an action group, and a threshold of 100 or less.",
    references=(
        "https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-acm-create-budgets",
        "https://learn.microsoft.com/azure/cost-management-billing/costs/cost-mgt-alerts-monitor-usage-spending",
    ),
)
def budget_tells_somebody(budget: Resource, *, first_threshold_max: int = 100) -> Iterator[str]:
    """A budget tells somebody, at the latest when all of it is spent.

    A budget stops nothing: all that it does is to write. One without a recipient, or that writes
    first when more than everything is gone, is an entry in a list that nobody opens.
    """
    written = budget.at("properties.notifications")
    names = list(written) if isinstance(written, Mapping) else []
    heard = [name for name in names if _reaches(budget, name)]
    first = [each for name in heard if (each := _threshold(budget, name)) is not None]
    if not heard:
        yield "Nobody is told: no enabled notification has a recipient."
    elif not any(each <= first_threshold_max for each in first):
        yield f"Nobody is told before more than {first_threshold_max} % of it is spent."


def _reaches(budget: Resource, name: str) -> bool:
    here = ("properties", "notifications", name)
    if budget.at((*here, "enabled")) is not True:
        return False
    return any(budget.count((*here, kind)) > 0 for kind in RECIPIENTS)


def _threshold(budget: Resource, name: str) -> float | None:
    value = budget.at(("properties", "notifications", name, "threshold"))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number else None
