"""Whether an account can be called with a token."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "account-has-its-own-endpoint-name",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Set `customSubDomainName`, unique in the world; the stacks do by themselves.",
    references=(
        "https://learn.microsoft.com/azure/ai-services/cognitive-services-custom-subdomains",
        "https://learn.microsoft.com/azure/ai-services/authentication",
    ),
)
def account_has_its_own_endpoint_name(account: Resource) -> Iterator[str]:
    """An account has a sub-domain of its own.

    Without one it answers at its region's shared address, which takes keys alone: no Entra ID
    token is accepted there and no private endpoint leads there. It cannot be changed later.
    """
    if account.text("properties.customSubDomainName") is None:
        yield "The account takes no tokens: `customSubDomainName` is not set."
