"""Whether a connection of an account carries a credential."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import rule

CONNECTIONS: Final = (
    "Microsoft.CognitiveServices/accounts/connections",
    "Microsoft.CognitiveServices/accounts/projects/connections",
)


@rule(
    "connection-signs-in-by-identity",
    severity="block",
    applies_to=CONNECTIONS,
    remedy="Use `authType: AAD` or `ManagedIdentity`, and give the identity a role there.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/how-to/connections-add",
        "https://learn.microsoft.com/azure/well-architected/security/application-secrets",
    ),
)
def connection_signs_in_by_identity(
    connection: Resource, *, auth_types_allowed: tuple[str, ...] = ("AAD", "ManagedIdentity")
) -> Iterator[str]:
    """A connection to another service signs in as somebody, and carries no key.

    A key in a connection is shared with every project of the account, outlives whoever put it
    there, and has to be written down somewhere before it can be declared.
    """
    kind = connection.text("properties.authType")
    if kind is None:
        raise NotKnownError("properties.authType")
    if kind.casefold() not in {each.casefold() for each in auth_types_allowed}:
        yield f"The connection signs in by {kind}, which is a credential to keep."
