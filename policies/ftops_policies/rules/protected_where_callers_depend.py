"""Whether what callers depend on can be deleted by mistake."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, Resource
from ftops_policies.rule import Remark, rule, unknown


@rule(
    "protected-where-callers-depend",
    severity="block",
    applies_to=(RESOURCE_GROUP, ACCOUNT, DEPLOYMENT),
    remedy="Write `ftops:protect: true` in the stack file; around it, a lock of CanNotDelete.",
    references=(
        "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
        "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources",
    ),
)
def protected_where_callers_depend(
    resource: Resource, *, protect_required: bool = False
) -> Iterator[str | Remark]:
    """Groups, accounts and deployments that others depend on are protected from deletion.

    One changed name in a stack file makes Pulumi replace an account, and everything in it goes
    along, its tuned models included. With `protect_required`, as in prod, Pulumi's option
    `protect` is on. Of what exists, a lock of CanNotDelete tells; without one nobody knows.
    """
    if not protect_required or resource.protect:
        return
    if resource.protect is None:
        yield unknown("Whether anything keeps it from being deleted is not known here.")
    else:
        yield "Nothing keeps it from being deleted: `protect` is off."
