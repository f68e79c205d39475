"""An account as a home of other resources, which Azure takes one change at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import pulumi
from pulumi_azure_native import cognitiveservices

from ftops.declared.account import Account
from ftops_stacks.ground import ACCOUNT, Ground, linked

Made = TypeVar("Made", bound=pulumi.Resource)
Make = Callable[[dict[str, Any], pulumi.ResourceOptions], Made]


@dataclass(frozen=True)
class Home:
    """One account; `chain` is what has been put into it so far, in order."""

    declared: Account
    ground: Ground
    account: cognitiveservices.Account
    chain: list[pulumi.Resource] = field(default_factory=list)

    @cached_property
    def address(self) -> dict[str, Any]:
        """Where in Azure the account's own things are; the account itself follows its group."""
        group = self.ground.environment.resource_group
        name = linked(self.declared.name, self.account)
        return {"account_name": name, "resource_group_name": group}

    @cached_property
    def id(self) -> pulumi.Output[str]:
        return self.ground.id(ACCOUNT, self.declared.name, self.account)

    @property
    def tags(self) -> dict[str, str]:
        return self.ground.environment.tags_of(self.declared)

    @property
    def settled(self) -> list[pulumi.Resource]:
        """What to wait for so that the account is not being changed: Azure would answer 409."""
        return self.chain[-1:] or [self.account]

    def title(self, name: str) -> str:
        """What Pulumi calls something in the account."""
        return f"{self.declared.name}/{name}"

    def put(self, make: Make[Made], *, kept: bool = False) -> Made:
        """Makes something in the account after everything before it has been made."""
        options = self.ground.options(self.account, self.settled, kept=kept)
        made = make(self.address, options)
        self.chain.append(made)
        return made
