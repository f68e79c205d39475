"""Whether a public endpoint is open to everybody."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "network-access-is-an-allow-list",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Name who may come in, in `networkAcls`, or set `publicNetworkAccess: Disabled`.",
    references=(
        "Azure Policy 037eea7a-bd0a-46c5-9a66-03aea78705d3",
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
    ),
)
def network_access_is_an_allow_list(account: Resource) -> Iterator[str]:
    """An account with a public endpoint denies everybody whom its allow-list does not name.

    Rules of an allow-list do nothing while the default action is Allow, which is what holds where
    nothing is said. A stolen token then works from anywhere in the world.
    """
    if (account.text("properties.publicNetworkAccess") or "").casefold() == "disabled":
        return
    action = account.text("properties.networkAcls.defaultAction")
    if (action or "").casefold() != "deny":
        yield f"Every address may come in: `networkAcls.defaultAction` is {action or 'not set'}."
