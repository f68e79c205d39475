"""Encryption scopes of an account: keys of a vault, kept and shown."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import ResourceType
from ftops_sandbox.arm.versions import COGNITIVE
from ftops_sandbox.world import ACCOUNT

TYPE = ResourceType(
    name=f"{ACCOUNT}/encryptionScopes",
    api_versions=COGNITIVE,
    example={
        "properties": {
            "keySource": "Microsoft.KeyVault",
            "keyVaultProperties": {
                "keyName": "example",
                "keyVersion": "1",
                "keyVaultUri": "https://example.vault.azure.net/",
            },
            "state": "Enabled",
        }
    },
    methods=frozenset({"PUT", "DELETE"}),
    delete_s=0.2,
)
