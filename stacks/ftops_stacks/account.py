"""An Azure OpenAI account with everything that is in it."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import cognitiveservices

from ftops.declared.account import Account, sub_domain
from ftops.declared.network import NetworkAcls
from ftops_policies.resource import PURGE_ON_DESTROY
from ftops_stacks.content_filter import content_filters
from ftops_stacks.deployment import Accounts, deployments
from ftops_stacks.encryption import account_encryption
from ftops_stacks.ground import IDENTITY, Ground
from ftops_stacks.home import Home
from ftops_stacks.identity import Identities, identity_type, user_assigned
from ftops_stacks.project import projects

ONE_ADDRESS = "/32"


def account_properties(account: Account) -> dict[str, Any]:
    """What the account's `properties` say in plain values: who gets in, and where it may call."""
    said: dict[str, Any] = {
        "public_network_access": account.public_network_access,
        "disable_local_auth": account.disable_local_auth,
        "restrict_outbound_network_access": account.restrict_outbound_network_access,
    }
    if account.allowed_fqdn_list:
        said["allowed_fqdn_list"] = list(account.allowed_fqdn_list)
    if account.projects:
        said["allow_project_management"] = True
    return said


def acl_properties(acls: NetworkAcls) -> dict[str, Any]:
    """An allow-list: what it does not name is denied. One address is written without its range."""
    return {
        "default_action": "Deny",
        "bypass": acls.bypass,
        "ip_rules": [each.removesuffix(ONE_ADDRESS) for each in acls.ip_rules],
        "virtual_network_rules": list(acls.subnet_ids),
    }


class OpenAIAccount(pulumi.ComponentResource):
    """An account; what is in it comes with `fill`, when all accounts of the environment are there.

    A tuned deployment may come from any of them.
    """

    def __init__(self, declared: Account, ground: Ground, identities: Identities) -> None:
        super().__init__("ftops:stacks:OpenAIAccount", declared.name)
        self.account = cognitiveservices.Account(
            declared.name,
            account_name=declared.name,
            resource_group_name=ground.group_name,
            location=declared.location,
            kind=declared.kind,
            sku=cognitiveservices.SkuArgs(name=declared.sku),
            identity=_identity(declared, ground, identities),
            properties=_properties(declared, ground, identities),
            tags={**ground.environment.tags_of(declared), **_marks(ground)},
            opts=ground.options(self, _used(declared, identities), kept=True),
        )
        self.home = Home(declared, ground, self.account)
        self.endpoint = self.account.properties.apply(lambda properties: properties.endpoint)
        self.deployments: list[cognitiveservices.Deployment] = []

    def fill(self, accounts: Accounts) -> None:
        """Everything in the account, in an order in which each finds what it names."""
        content_filters(self.home)
        projects(self.home)
        self.deployments = deployments(self.home, accounts)
        self.register_outputs({"endpoint": self.endpoint})


def _marks(ground: Ground) -> dict[str, str]:
    """What the account will come to, where rules and whoever looks at it in Azure can see it."""
    return {PURGE_ON_DESTROY: "true"} if ground.environment.purge_on_destroy else {}


def _properties(
    declared: Account, ground: Ground, identities: Identities
) -> cognitiveservices.AccountPropertiesArgs:
    return cognitiveservices.AccountPropertiesArgs(
        custom_sub_domain_name=ground.subscription_id.apply(lambda id_: sub_domain(declared, id_)),
        network_acls=_acls(declared.network_acls),
        encryption=account_encryption(declared.encryption, identities),
        **account_properties(declared),
    )


def _acls(acls: NetworkAcls | None) -> cognitiveservices.NetworkRuleSetArgs | None:
    if acls is None:
        return None
    said = acl_properties(acls)
    return cognitiveservices.NetworkRuleSetArgs(
        default_action=said["default_action"],
        bypass=said["bypass"],
        ip_rules=[cognitiveservices.IpRuleArgs(value=each) for each in said["ip_rules"]],
        virtual_network_rules=[
            cognitiveservices.VirtualNetworkRuleArgs(id=each)
            for each in said["virtual_network_rules"]
        ],
    )


def _identity(
    declared: Account, ground: Ground, identities: Identities
) -> cognitiveservices.IdentityArgs | None:
    kind = identity_type(declared)
    names = user_assigned(declared)
    ids = [ground.id(IDENTITY, name, identities[name]) for name in names]
    return (
        cognitiveservices.IdentityArgs(type=kind, user_assigned_identities=ids or None)
        if kind
        else None
    )


def _used(declared: Account, identities: Identities) -> list[pulumi.Resource]:
    return [identities[name] for name in user_assigned(declared)]
