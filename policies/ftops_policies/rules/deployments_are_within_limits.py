"""Whether Azure takes as many deployments as are declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ftops_catalog import Catalog
from ftops_policies.deployment import is_tuned
from ftops_policies.neighbour import key_of, of_type
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule, unknown


@rule(
    "deployments-are-within-limits",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Declare a second account, or fewer deployments.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/quotas-limits",
        "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits",
    ),
)
def deployments_are_within_limits(
    resources: tuple[Resource, ...], *, catalog: Catalog
) -> Iterator[Remark]:
    """An account has no more tuned deployments, and no more in all, than Azure takes.

    An account takes ten tuned deployments and 32 standard ones. The one too many is refused when
    the others have been made, and no quota raises the number.
    """
    accounts = {key_of(each): each for each in of_type(resources, ACCOUNT)}
    tuned, standard = Counter[str](), Counter[str]()
    for deployment in of_type(resources, DEPLOYMENT):
        home = key_of(deployment.parent) if deployment.parent else ""
        try:
            (tuned if is_tuned(deployment) else standard)[home] += 1
        except NotKnownError as gap:
            yield unknown(f"{gap.what} is not known until up.", about=deployment)
    for kind, counted in (("tuned", tuned), ("standard", standard)):
        most = catalog.limit(f"{kind}_deployments_per_resource").count
        for home, count in sorted(counted.items()):
            if home and count > most:
                name = home.rpartition("/")[2]
                message = f"{name} has {count} {kind} deployments, and Azure takes {most}."
                yield Remark(message, about=accounts.get(home))
