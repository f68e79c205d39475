"""Everything that a stack file may say under `ftops:`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from ftops.declared.account import Account
from ftops.declared.identity import Identity, RoleAssignment
from ftops.declared.monitoring import ActionGroup, Budget, Diagnostics
from ftops.declared.network import Network
from ftops.declared.part import Fits, Part, Region, TagValue, TopFlag

GroupName = Annotated[str, Fits(r"[\w.()-]{0,89}[\w()-]", "up to 90 of a-z 0-9 - _ . ()")]
Workload = Annotated[str, Fits(r"[a-z0-9][a-z0-9-]{0,18}[a-z0-9]", "2 to 20 of a-z 0-9 -")]


OPTIONAL = ("network", "diagnostics", "actionGroup", "budget")
"""Keys that Pulumi fills in with an empty mapping where a stack file does not have them."""


class Stack(Part):
    """An environment's keys, without their `ftops:` prefix."""

    location: Region
    """The region of the group, and of every account without one of its own."""
    workload: Workload = "ftops"
    """What the names of things begin with that are not named: rg-WORKLOAD-ENV."""
    resource_group: GroupName | None = None
    """One group holds all of an environment, so that it can be found and taken down as one."""
    accounts: tuple[Account, ...]
    """A list, so that a second region or a second account needs no other shape."""
    identities: tuple[Identity, ...] = ()
    """User-assigned identities, made before the accounts."""
    role_assignments: tuple[RoleAssignment, ...] = ()
    """Who may call, train, deploy, sweep or read."""
    network: Network | None = None
    """Where private endpoints stand."""
    diagnostics: Diagnostics | None = None
    """Logs and metrics of the accounts, to a workspace."""
    action_group: ActionGroup | None = None
    """Who is told when the budget is used up."""
    budget: Budget | None = None
    """What the group may cost in a month."""
    tags: dict[str, TagValue] = Field(default={})
    """On every resource, beside `environment` and `managed-by`, which are always set."""
    protect: TopFlag = False
    """Pulumi refuses to delete or replace what is protected; for what callers depend on."""
    retain_on_delete: TopFlag = False
    """What leaves the program or the stack stays in Azure."""
    purge_on_destroy: TopFlag = False
    """Accounts leave for good with `ftops destroy`, not for the 48 hours of their soft delete."""

    @model_validator(mode="before")
    @classmethod
    def _left_out(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {key: value for key, value in values.items() if key not in OPTIONAL or value != {}}
