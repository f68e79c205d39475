"""Whose key an account's data is encrypted with."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "data-is-encrypted-with-our-key",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Declare `encryption` with a key of a vault that has soft delete and purge protection.",
    references=(
        "Azure Policy 67121cc7-ff39-4ab8-b7e3-95b84dab487d",
        "https://learn.microsoft.com/azure/ai-services/openai/encrypt-data-at-rest",
    ),
)
def data_is_encrypted_with_our_key(
    account: Resource, *, customer_managed_key_required: bool = False
) -> Iterator[str]:
    """Where a key of one's own is required, an account names it; where one is meant, it is whole.

    Training files and tuned models are encrypted by Microsoft's key where nothing is said. With a
    key of the team's own, taking the key away takes the data away. Whoever says so and names no
    vault has Microsoft's key, and thinks otherwise.
    """
    source = account.text("properties.encryption.keySource") or "Microsoft.CognitiveServices"
    if source.casefold() != "microsoft.keyvault":
        if customer_managed_key_required:
            yield "The account's data is encrypted with Microsoft's key."
        return
    for part in ("keyVaultUri", "keyName"):
        if account.text(f"properties.encryption.keyVaultProperties.{part}") is None:
            yield f"The encryption names no `{part}`."
