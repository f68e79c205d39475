"""Whether somebody else's services come in beside the allow-list."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "no-service-bypasses-the-allow-list",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Set `networkAcls.bypass: None`, or `bypass_allowed` where a service needs it.",
    references=(
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
        "https://learn.microsoft.com/security/benchmark/azure/mcsb-network-security",
    ),
    fix={"properties.networkAcls.bypass": "None"},
)
def no_service_bypasses_the_allow_list(
    account: Resource, *, bypass_allowed: bool = False
) -> Iterator[str]:
    """No service of Azure passes the allow-list for being Azure's.

    Trusted services are those of every customer: what keeps another tenant's out is the role
    alone, and the allow-list no longer does. Where a search index has to read the account, the
    environment says so.
    """
    bypass = (account.text("properties.networkAcls.bypass") or "").casefold()
    if bypass == "azureservices" and not bypass_allowed:
        yield "Azure's services pass the allow-list: `networkAcls.bypass` is AzureServices."
