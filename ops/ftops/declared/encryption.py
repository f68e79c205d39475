"""A key of the team's own that encrypts an account's data."""

from __future__ import annotations

from typing import Annotated

from ftops.declared.identity import IdentityName
from ftops.declared.part import Fits, Guid, Part


class Encryption(Part):
    """A key in a Key Vault with soft delete and purge protection, which is not made here."""

    key_vault_uri: Annotated[
        str,
        Fits(r"https://[A-Za-z0-9-]{3,24}\.vault\.azure\.net/?", "https://NAME.vault.azure.net"),
    ]
    """The vault's address."""
    key_name: Annotated[str, Fits(r"[A-Za-z0-9-]{1,127}", "1 to 127 of a-z 0-9 -")]
    """The key."""
    key_version: Annotated[str, Fits(r"[0-9a-f]{32}", "32 hex digits")] | None = None
    """A version, where the key is not to rotate by itself."""
    identity: IdentityName | None = None
    """Who reads the key: an identity of this file; without it the account's own."""
    identity_client_id: Guid | None = None
    """The client id of an identity that is kept elsewhere."""
