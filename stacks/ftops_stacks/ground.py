"""The ground that an environment's resources stand on: group, subscription, tags, safeguards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import pulumi
from pulumi_azure_native import resources

from ftops.environment import Environment

T = TypeVar("T")
ACCOUNT = "Microsoft.CognitiveServices/accounts"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
ROLE = "Microsoft.Authorization/roleDefinitions"


@dataclass(frozen=True)
class Ground:
    """What every resource of an environment needs to know of its surroundings."""

    environment: Environment
    group: resources.ResourceGroup
    subscription_id: pulumi.Output[str]

    @cached_property
    def group_name(self) -> pulumi.Output[str]:
        return linked(self.environment.resource_group, self.group)

    @cached_property
    def group_id(self) -> pulumi.Output[str]:
        return self._below("", self.group)

    @property
    def subscription(self) -> pulumi.Output[str]:
        """The ARM id of the subscription."""
        return self.subscription_id.apply(lambda id_: f"/subscriptions/{id_}")

    @property
    def tags(self) -> dict[str, str]:
        return dict(self.environment.tags)

    def id(self, kind: str, name: str, *of: pulumi.Resource) -> pulumi.Output[str]:
        """The ARM id of something in the group; `of` is the resource that has it."""
        return self._below(f"/providers/{kind}/{name}", *of)

    def role_id(self, role: str, *of: pulumi.Resource) -> pulumi.Output[str]:
        """The ARM id of a role definition, by its GUID."""
        at = pulumi.Output.all(self.subscription_id, linked(role, *of))
        return at.apply(lambda parts: f"/subscriptions/{parts[0]}/providers/{ROLE}/{parts[1]}")

    def options(
        self,
        parent: pulumi.Resource | None = None,
        after: Sequence[pulumi.Resource] = (),
        *,
        kept: bool = False,
    ) -> pulumi.ResourceOptions:
        """`kept` is for what would be missed: it is protected where the environment asks for it."""
        guards = safeguards(self.environment, kept=kept)
        # What is waited for has waited for the group.
        waits = list(after) or [self.group]
        return pulumi.ResourceOptions(parent=parent, depends_on=waits, **guards)

    def _below(self, rest: str, *of: pulumi.Resource) -> pulumi.Output[str]:
        group = self.environment.resource_group
        at = pulumi.Output.all(self.subscription_id, linked(rest, *of))
        return at.apply(lambda parts: f"/subscriptions/{parts[0]}/resourceGroups/{group}{parts[1]}")


def safeguards(environment: Environment, *, kept: bool) -> dict[str, Any]:
    """Pulumi's options for a resource; what can be made again as it was has none."""
    wanted = {
        "protect": environment.protect,
        "retain_on_delete": environment.retain_on_delete,
    }
    return {name: True for name, said in wanted.items() if said and kept}


def linked(value: str, *of: pulumi.Resource) -> pulumi.Output[str]:
    """A name that is known at once, so that rules can read it at preview.

    The engine still learns whose name it is: what names a resource is made anew with it.
    """
    return pulumi.Output(set(of), _resolved(value), _resolved(value=True))


async def _resolved(value: T) -> T:
    return value
