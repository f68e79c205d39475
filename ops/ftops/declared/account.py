"""An Azure OpenAI or AI Services account that a stack file declares."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from ftops.declared.content_filter import RaiBlocklist, RaiPolicy
from ftops.declared.deployment import Deployment
from ftops.declared.encryption import Encryption
from ftops.declared.identity import IdentityName
from ftops.declared.network import NetworkAcls
from ftops.declared.part import Fits, Flag, Part, Region, TagValue
from ftops.declared.project import Project

# 57 characters leave room for the salt of the sub-domain, which Azure ends at 64.
NAME_LENGTH_MAX = 57
SALT_LENGTH = 6
AccountName = Annotated[
    str, Fits(r"[A-Za-z0-9][A-Za-z0-9-]{0,55}[A-Za-z0-9]", "2 to 57 of a-z 0-9 -")
]
SubDomain = Annotated[str, Fits(r"[a-z0-9][a-z0-9-]{0,62}[a-z0-9]", "2 to 64 of a-z 0-9 -")]


class AccountIdentity(Part):
    """Who the account is when it reads a key or a store of its own."""

    system_assigned: Flag = False
    """An identity that lives and dies with the account."""
    user_assigned: tuple[IdentityName, ...] = ()
    """Identities of this file."""


class Account(Part):
    """One account; its deployments are made one after the other, as Azure takes one change."""

    name: AccountName
    """Unique in its resource group."""
    location: Region = ""
    """For an account in another region than the environment's."""
    locations: tuple[Region, ...] = ()
    """The same account once in each of these regions, the region at the end of its name."""
    kind: Literal["OpenAI", "AIServices"] = "OpenAI"
    """OpenAI has models alone; AIServices has projects and other makers' models too."""
    sku: Literal["S0"] = "S0"
    """The only one that Azure offers for these kinds."""
    sub_domain: SubDomain | None = Field(default=None, alias="customSubDomainName")
    """The first part of the endpoint, unique in the world; name and a salt where it is not said."""
    public_network_access: Literal["Disabled", "Enabled"] = "Disabled"
    """Enabled lets every network reach the account, or those of `networkAcls`."""
    network_acls: NetworkAcls | None = None
    """Who may come in, when public network access is enabled."""
    private_endpoint: Flag = False
    """An address of the account inside `ftops:network`."""
    disable_local_auth: Flag = True
    """Keys cannot be traced to a person and are hard to take back; callers sign in instead."""
    restrict_outbound_network_access: Flag = True
    """The account itself may call only `allowedFqdnList`: a prompt cannot make it send data out."""
    allowed_fqdn_list: tuple[str, ...] = ()
    """Hosts that the account may call."""
    identity: AccountIdentity | None = None
    """Who the account is when it reads a key or a store of its own."""
    encryption: Encryption | None = None
    """A key of the team's own; Microsoft's where nothing is said."""
    rai_policies: tuple[RaiPolicy, ...] = ()
    """Content filters that its deployments may name."""
    rai_blocklists: tuple[RaiBlocklist, ...] = ()
    """Lists of terms that its content filters may block."""
    projects: tuple[Project, ...] = ()
    """Projects; only in an account of kind AIServices."""
    deployments: tuple[Deployment, ...] = ()
    """Models that it serves, in the order in which they are made."""
    tags: dict[str, TagValue] = Field(default={})
    """Tags of this account and what is in it, besides the environment's."""


def sub_domain(account: Account, subscription_id: str) -> str:
    """The globally unique part of the endpoint: stated, or the name and a salt.

    The salt comes from the subscription, so that two teams may both call an account `oai-dev`,
    and the same team gets the same endpoint every time.
    """
    if account.sub_domain:
        return account.sub_domain
    return f"{account.name.casefold()}-{salt(subscription_id)}"


def salt(subscription_id: str) -> str:
    """Six characters that one subscription always gets, and others do not."""
    return sha256(subscription_id.casefold().encode()).hexdigest()[:SALT_LENGTH]
