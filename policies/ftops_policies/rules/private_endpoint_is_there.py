"""Whether an account that is closed to the internet can be reached at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ftops_policies.neighbour import each_of, key_of, key_of_id, of_type
from ftops_policies.private_endpoint import ENDPOINT, targets
from ftops_policies.resource import ACCOUNT, RESOURCE_GROUP, NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule


@rule(
    "private-endpoint-is-there",
    severity="warn",
    applies_to=ENVIRONMENT,
    remedy="Set `privateEndpoint: true` on the account, and declare `ftops:network`.",
    references=(
        "Azure Policy d6759c02-b87f-42b7-892e-71b3f471d782",
        "Azure Policy db630ad5-52e9-4f4d-9c44-53912fe40053",
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
        "https://learn.microsoft.com/azure/well-architected/security/networking",
    ),
)
def private_endpoint_is_there(
    resources: tuple[Resource, ...], *, private_endpoint_required: bool = False
) -> Iterator[Remark]:
    """An account that is off the public internet has a private endpoint.

    Without one nothing calls it, nobody trains in it, and somebody opens it to the internet to
    get on. `private_endpoint_required` asks accounts with a public endpoint for one as well.
    Judged where the resource group is declared: a part of an environment is no proof.
    """
    reached, gap = _reached(resources)

    def say(account: Resource) -> Iterator[str]:
        closed = (account.text("properties.publicNetworkAccess") or "").casefold() == "disabled"
        connected = account.count("properties.privateEndpointConnections")
        if not (closed or private_endpoint_required) or connected or key_of(account) in reached:
            return
        if gap:
            raise NotKnownError("What a private endpoint leads to")
        yield "No private endpoint leads to the account" + (
            ", so nothing can reach it." if closed else "."
        )

    if of_type(resources, RESOURCE_GROUP):
        yield from each_of(resources, ACCOUNT, say)


def _reached(resources: Iterable[Resource]) -> tuple[set[str], bool]:
    """The keys of what endpoints lead to, and whether one leads to something not known yet."""
    reached: set[str] = set()
    gap = False
    for endpoint in of_type(resources, ENDPOINT):
        try:
            reached |= {key_of_id(each) for each in targets(endpoint)}
        except NotKnownError:
            gap = True
    return reached, gap
