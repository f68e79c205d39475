"""Whether an account can be reached from the internet."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "public-network-is-off",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Set `publicNetworkAccess: Disabled` and reach the account by a private endpoint.",
    references=(
        "Azure Policy 037eea7a-bd0a-46c5-9a66-03aea78705d3",
        "Azure Policy 47ba1dd7-28d9-4b07-a8d5-9813bed64e0c",
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
    ),
    fix={"properties.publicNetworkAccess": "Disabled"},
)
def public_network_is_off(account: Resource) -> Iterator[str]:
    """An account with real data is not reachable from the public internet.

    What a tuned model was trained on can be asked out of it. Azure leaves the public endpoint on
    by default; settings.yaml eases this rule where people work from laptops.
    """
    access = account.text("properties.publicNetworkAccess")
    if (access or "").casefold() != "disabled":
        yield f"The public endpoint is on: `publicNetworkAccess` is {access or 'not set'}."
