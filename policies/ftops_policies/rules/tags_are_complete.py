"""Whether what costs money says whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, Resource
from ftops_policies.rule import rule


@rule(
    "tags-are-complete",
    severity="block",
    applies_to=(RESOURCE_GROUP, ACCOUNT, DEPLOYMENT),
    remedy="Add the tags in the stack file; `required_tags` in settings.yaml names them.",
    references=(
        "https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-tagging",
        "https://learn.microsoft.com/azure/well-architected/cost-optimization/collect-review-cost-data",
    ),
)
def tags_are_complete(
    resource: Resource, *, required_tags: tuple[str, ...] = ("owner", "environment", "managed-by")
) -> Iterator[str]:
    """Resource groups, accounts and deployments carry every required tag, with a value.

    A teardown asks the owner, a cost report adds up by environment, and both trust
    `managed-by` before they touch anything. Azure does not hand a group's tags down to what is in
    it, so each resource carries its own.
    """
    missing = [name for name in required_tags if resource.tag(name) is None]
    if missing:
        yield f"The tag{'s' if len(missing) > 1 else ''} {', '.join(missing)} must be set."
