"""Whether a store of training data is open to more than those who are let in."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import Resource
from ftops_policies.rule import rule

OLD = ("tls1_0", "tls1_1")


@rule(
    "store-is-closed",
    severity="block",
    applies_to="Microsoft.Storage/storageAccounts",
    remedy="Turn off public blobs and shared keys, and take HTTPS with TLS 1.2 alone.",
    references=(
        "https://learn.microsoft.com/azure/storage/blobs/security-recommendations",
        "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
        "https://www.cisecurity.org/benchmark/azure",
    ),
)
def store_is_closed(store: Resource, *, shared_keys_allowed: bool = False) -> Iterator[str]:
    """A storage account has no public blobs, no shared keys and no unencrypted way in.

    Training files wait there, and the state of the environments. A public container needs no
    token, and a shared key opens every container and is in the log as nobody. Azure allows shared
    keys where nothing is said.
    """
    if store.at("properties.allowBlobPublicAccess") is True:
        yield "A container may be made public: `allowBlobPublicAccess` is true."
    if store.at("properties.allowSharedKeyAccess") is not False and not shared_keys_allowed:
        yield "Keys open the store: `allowSharedKeyAccess` is not false."
    if store.at("properties.supportsHttpsTrafficOnly") is False:
        yield "The store answers without encryption: `supportsHttpsTrafficOnly` is false."
    version = (store.text("properties.minimumTlsVersion") or "").casefold()
    if version in OLD:
        yield f"The store takes old encryption: `minimumTlsVersion` is {version.upper()}."
