"""Whether everything in an environment says that it is of that environment."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.neighbour import each_of, of_type
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule


@rule(
    "environment-tag-agrees",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Take the tag `environment` out of the stack file: the stacks set it themselves.",
    references=(
        "https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-tagging",
        "https://learn.microsoft.com/azure/well-architected/cost-optimization/collect-review-cost-data",
    ),
)
def environment_tag_agrees(resources: tuple[Resource, ...]) -> Iterator[Remark]:
    """What stands in a resource group says the same of its environment as the group does.

    The tag decides which limits hold: what a teardown may delete, what a deployment may cost,
    whose bill it is. An account that was copied from dev with its tags is swept in prod. Letter
    case matters, since bills and filters count two spellings as two environments.
    """
    groups = of_type(resources, RESOURCE_GROUP)
    if len(groups) != 1:
        return
    stated = groups[0].tag("environment")

    def say(resource: Resource) -> Iterator[str]:
        own = resource.tag("environment")
        if own is not None and stated is not None and own != stated:
            yield f"The tag environment says {own}, and the resource group's says {stated}."

    for kind in (ACCOUNT, DEPLOYMENT):
        yield from each_of(resources, kind, say)
