"""Whether something may stand in its region."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_catalog.region import region_key
from ftops_policies.resource import ACCOUNT, RESOURCE_GROUP, NotKnownError, Resource
from ftops_policies.rule import rule


@rule(
    "region-is-allowed",
    severity="block",
    applies_to=(ACCOUNT, RESOURCE_GROUP),
    remedy="Choose a region of `regions_allowed`, or add yours to it in settings.yaml.",
    references=(
        "https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies",
        "https://azure.microsoft.com/explore/global-infrastructure/data-residency/",
        "https://learn.microsoft.com/azure/well-architected/reliability/regions-availability-zones",
    ),
)
def region_is_allowed(
    resource: Resource, *, regions_allowed: tuple[str, ...] = ()
) -> Iterator[str]:
    """Accounts and resource groups stand in a region that the environment allows.

    Training files, tuned models and stored completions rest in the account's region, and nobody
    can move them: another region is another account and another training. An empty
    `regions_allowed` allows every region.
    """
    if not regions_allowed:
        return
    region = resource.text("location")
    if region is None:
        raise NotKnownError("location")
    if region_key(region) not in {region_key(each) for each in regions_allowed}:
        yield f"The region {region} is not allowed here: {', '.join(regions_allowed)} are."
