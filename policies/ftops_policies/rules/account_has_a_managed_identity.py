"""Whether an account can prove who it is."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "account-has-a-managed-identity",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Give the account `identity: {systemAssigned: true}`, or one of `ftops:identities`.",
    references=(
        "Azure Policy fe3fd216-4f83-4fc1-8984-2bbec80a3418",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/managed-identity",
        "https://learn.microsoft.com/azure/ai-services/openai/encrypt-data-at-rest",
    ),
)
def account_has_a_managed_identity(
    account: Resource, *, identity_required: bool = False
) -> Iterator[str]:
    """An account that reads a key or a store of the team's own has a managed identity for it.

    Without one it can sign in nowhere: the key is unreadable, and the account's data with it.
    `identity_required` asks every account for one, as the built-in policy does.
    """
    kind = (account.text("identity.type") or "None").casefold()
    if kind != "none":
        return
    source = (account.text("properties.encryption.keySource") or "").casefold()
    if source == "microsoft.keyvault":
        yield "The account has no identity to read its encryption key with."
    elif account.count("properties.userOwnedStorage"):
        yield "The account has no identity to reach its own storage with."
    elif identity_required:
        yield "The account has no managed identity."
