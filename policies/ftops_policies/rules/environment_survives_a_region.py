"""Whether an environment has somewhere else to go."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_catalog.region import region_key
from ftops_policies.neighbour import of_type
from ftops_policies.resource import ACCOUNT, RESOURCE_GROUP, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule


@rule(
    "environment-survives-a-region",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Declare the account in a second region too: `locations: [swedencentral, ...]`.",
    references=(
        "https://learn.microsoft.com/azure/well-architected/service-guides/azure-openai",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/business-continuity-disaster-recovery",
    ),
)
def environment_survives_a_region(
    resources: tuple[Resource, ...], *, regions_min: int = 1
) -> Iterator[Remark]:
    """An environment has accounts in as many regions as it is asked to have.

    An account, its quota and its tuned models are in one region. Where that is the only one, an
    outage or a lack of capacity there is an outage of everything that calls it, and a tuned model
    cannot be brought elsewhere in a hurry. Judged where the resource group is declared as well.
    """
    accounts = of_type(resources, ACCOUNT)
    groups = of_type(resources, RESOURCE_GROUP)
    if not groups or not accounts:
        return
    regions = {region_key(each.text("location") or "") for each in accounts} - {""}
    if len(regions) < regions_min:
        message = f"The accounts are in {len(regions)} of the {regions_min} regions asked for."
        yield Remark(message, about=groups[0])
