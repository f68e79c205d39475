"""An Azure OpenAI account with its base-model deployments."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pulumi
from pulumi_azure_native import cognitiveservices, resources

from ftops.declared.account import Account
from ftops.environment import Environment
from ftops_stacks.deployment import base_deployments

SALT_LENGTH = 6


def sub_domain(account: Account, subscription_id: str) -> str:
    """The globally unique part of the endpoint: stated, or the name and a salt.

    The salt comes from the subscription, so that two teams may both call an account `oai-dev`,
    and the same team gets the same endpoint every time.
    """
    if account.sub_domain:
        return account.sub_domain
    salt = sha256(subscription_id.casefold().encode()).hexdigest()[:SALT_LENGTH]
    return f"{account.name.casefold()}-{salt}"


def account_properties(account: Account) -> dict[str, Any]:
    """What the account's `properties` say, but for the sub-domain."""
    return {
        "public_network_access": account.public_network_access,
        "disable_local_auth": account.disable_local_auth,
    }


class OpenAIAccount(pulumi.ComponentResource):
    """An account and its deployments, which Azure makes one at a time."""

    def __init__(
        self,
        account: Account,
        environment: Environment,
        group: resources.ResourceGroup,
        subscription_id: pulumi.Output[str],
    ) -> None:
        super().__init__("ftops:stacks:OpenAIAccount", account.name)
        domain = subscription_id.apply(lambda known: sub_domain(account, known))
        # Names are the environment's own, not the group's output: rules can read them at preview.
        self.account = cognitiveservices.Account(
            account.name,
            account_name=account.name,
            resource_group_name=environment.resource_group,
            location=account.location,
            kind=account.kind,
            sku=cognitiveservices.SkuArgs(name=account.sku),
            properties=cognitiveservices.AccountPropertiesArgs(
                custom_sub_domain_name=domain, **account_properties(account)
            ),
            tags=dict(environment.tags),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[group]),
        )
        self.endpoint = self.account.properties.apply(lambda properties: properties.endpoint)
        self.deployments = base_deployments(account, environment, self.account)
        self.register_outputs({"endpoint": self.endpoint})
