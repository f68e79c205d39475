"""User-assigned identities, and the identity that an account has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from pulumi_azure_native import managedidentity

from ftops.declared.account import Account
from ftops_stacks.ground import Ground

# As text: looking into one of the SDK's modules imports all of it.
Identities: TypeAlias = "Mapping[str, managedidentity.UserAssignedIdentity]"


def identities(ground: Ground) -> dict[str, managedidentity.UserAssignedIdentity]:
    """Each identity by its name; kept, since another of the same name is another principal."""
    return {
        declared.name: managedidentity.UserAssignedIdentity(
            declared.name,
            resource_name_=declared.name,
            resource_group_name=ground.group_name,
            location=ground.environment.location,
            tags=ground.tags,
            opts=ground.options(kept=True),
        )
        for declared in ground.environment.identities
    }


def user_assigned(account: Account) -> tuple[str, ...]:
    """The names of the identities that an account has: those declared, and its key's reader."""
    named = {*account.identity.user_assigned} if account.identity else set()
    if account.encryption and account.encryption.identity:
        named.add(account.encryption.identity)
    return tuple(sorted(named))


def has_system_identity(account: Account) -> bool:
    """Stated; or needed to read a key that nobody else is named for; or for projects."""
    stated = bool(account.identity and account.identity.system_assigned)
    key = account.encryption
    reads_key = bool(key and not key.identity and not key.identity_client_id)
    return stated or reads_key or bool(account.projects)


def identity_type(account: Account) -> str | None:
    """Azure's word for who the account is, None where it is nobody."""
    own = ["SystemAssigned"] if has_system_identity(account) else []
    given = ["UserAssigned"] if user_assigned(account) else []
    return ", ".join([*own, *given]) or None
