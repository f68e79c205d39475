"""What Azure told before a change: each part is an answer, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ftops.deleted_account import DeletedAccount
from ftops.estate import Account, Deployment, Unreadable
from ftops.offer import Offer
from ftops.quota import Pool


@dataclass(frozen=True)
class Permission:
    """Actions that one role assignment gives and takes, wildcards included."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]


@dataclass(frozen=True)
class Surroundings:
    """Regions are keys in Azure's spelling; `domains` says of each account's whether it is free."""

    accounts: tuple[Account, ...] | Unreadable
    deployments: Mapping[str, tuple[Deployment, ...] | Unreadable] = field(default_factory=dict)
    offers: Mapping[str, tuple[Offer, ...] | Unreadable] = field(default_factory=dict)
    pools: Mapping[str, tuple[Pool, ...] | Unreadable] = field(default_factory=dict)
    deleted: tuple[DeletedAccount, ...] | Unreadable = ()
    permissions: tuple[Permission, ...] | Unreadable = ()
    domains: Mapping[str, bool | Unreadable] = field(default_factory=dict)


def nothing_asked(reason: str) -> Surroundings:
    """Surroundings of which Azure was not asked at all."""
    unread = Unreadable("Azure", reason)
    return Surroundings(accounts=unread, deleted=unread, permissions=unread)
