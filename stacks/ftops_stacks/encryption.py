"""The key that an account's data is encrypted with."""

from __future__ import annotations

from pulumi_azure_native import cognitiveservices

from ftops.declared.encryption import Encryption
from ftops_stacks.identity import Identities


def key_properties(encryption: Encryption) -> dict[str, str]:
    """What the account says of its key, but for who reads it."""
    said = {
        "key_vault_uri": encryption.key_vault_uri.rstrip("/"),
        "key_name": encryption.key_name,
        "key_version": encryption.key_version,
    }
    return {name: value for name, value in said.items() if value}


def account_encryption(
    encryption: Encryption | None, identities: Identities
) -> cognitiveservices.EncryptionArgs | None:
    """Microsoft's own key where nothing is said."""
    if encryption is None:
        return None
    reader = identities[encryption.identity].client_id if encryption.identity else None
    return cognitiveservices.EncryptionArgs(
        key_source="Microsoft.KeyVault",
        key_vault_properties=cognitiveservices.KeyVaultPropertiesArgs(
            **key_properties(encryption),
            identity_client_id=reader or encryption.identity_client_id,
        ),
    )
