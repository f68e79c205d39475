"""Identities, and who may do what: assignments of roles, by what people do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ValidationInfo, field_validator

from ftops.declared.part import Fits, Guid, Part, catalog_of, wrong
from ftops_catalog.hint import did_you_mean

DUTIES = ("caller", "trainer", "deployer", "sweeper", "reader")
"""What people and machines do here; each has the least role that suffices."""

IdentityName = Annotated[str, Fits(r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}", "3 to 128 of a-z 0-9 - _")]


class Identity(Part):
    """A user-assigned managed identity, made in the environment's group."""

    name: IdentityName
    """What accounts and role assignments call it."""


class RoleAssignment(Part):
    """A role for somebody: a principal's object id, or an identity of this file."""

    role: str
    """caller, trainer, deployer, sweeper or reader; or a built-in role's whole name."""
    principal_id: Guid | None = None
    """The object id of a user, group or service principal."""
    principal_type: Literal["User", "Group", "ServicePrincipal"] = "Group"
    """Stated since Azure cannot look a new principal up at once; groups outlive their members."""
    identity: IdentityName | None = None
    """An identity of `identities`, in place of a principal's id."""
    account: str | None = None
    """Only on this account; on every account of the environment where it is not said."""

    @field_validator("role")
    @classmethod
    def _role(cls, value: str, info: ValidationInfo) -> str:
        """A duty, or a built-in role as Azure spells it."""
        roles = {role.name.casefold(): role.name for role in catalog_of(info).roles}
        if value in DUTIES:
            return value
        if value.casefold() in roles:
            return roles[value.casefold()]
        raise wrong("there is no role {value}", did_you_mean(value, [*DUTIES, *roles.values()]))
