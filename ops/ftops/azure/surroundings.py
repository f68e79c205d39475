"""Reads what a preflight wants to know; whatever Azure does not show has its reason."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from ftops.azure.arm import Arm
from ftops.azure.body import list_bodies
from ftops.azure.deleted_account import read_deleted
from ftops.azure.estate import read_accounts, read_deployments
from ftops.azure.quota import READERS, read_quota
from ftops.azure.session import Session, refusals
from ftops.declared.account import sub_domain
from ftops.environment import Environment
from ftops.estate import Account, Deployment, Scope, Unreadable
from ftops.offer import Offer, parse_offer
from ftops.preflight.change import account_id
from ftops.preflight.surroundings import Permission, Surroundings
from ftops.quota import Pool
from ftops_catalog.errors import CloudRefused, NotReady

Found = TypeVar("Found")

PERMISSIONS = "/providers/Microsoft.Authorization/permissions"
PERMISSIONS_VERSION = "2022-04-01"
PROVIDER = "/subscriptions/{0}/providers/Microsoft.CognitiveServices"
COGNITIVE_VERSION = "2025-06-01"
DOMAIN_TYPE = "Microsoft.CognitiveServices/accounts"


def read_surroundings(session: Session, environment: Environment) -> Surroundings:
    """Everything that the checks of an environment look at; nothing is written."""
    regions = sorted({account.location for account in environment.accounts})
    accounts = _told("accounts", lambda: read_accounts(session, Scope()))
    with Arm(session) as arm:
        deleted = _told("deleted accounts", lambda: tuple(read_deleted(arm)))
        permissions = _told("permissions", partial(_read_permissions, arm, environment))
        domains = _read_domains(session, arm, environment, accounts)
    return Surroundings(
        accounts=accounts,
        deployments=_read_deployments(session, environment, accounts),
        offers=read_offers(session, regions),
        pools=read_pools(session, regions),
        deleted=deleted,
        permissions=permissions,
        domains=domains,
    )


def read_offers(session: Session, regions: list[str]) -> dict[str, tuple[Offer, ...] | Unreadable]:
    """The models of each region; an empty answer is no answer."""
    assert session.cognitive is not None, "a session has its client before threads share it"

    def read(region: str) -> tuple[Offer, ...] | Unreadable:
        told = _told(region, lambda: _read_models(session, region))
        return told or Unreadable(region, f"Azure told of no model in {region}")

    with ThreadPoolExecutor(READERS) as threads:
        return dict(zip(regions, threads.map(read, regions), strict=True))


def read_pools(session: Session, regions: list[str]) -> dict[str, tuple[Pool, ...] | Unreadable]:
    """The quota of each region."""
    pools, hidden = read_quota(session, regions)
    silent = {each.name: each for each in hidden}
    return {
        region: silent.get(region) or tuple(pool for pool in pools if pool.region == region)
        for region in regions
    }


def _read_models(session: Session, region: str) -> tuple[Offer, ...]:
    with refusals(f"listing the models of {region}"):
        bodies = list_bodies(session.cognitive.models.list, region)
    # Each model comes once for each kind of account.
    found = {(offer.name, offer.version): offer for offer in map(parse_offer, bodies)}
    return tuple(found.values())


def _read_permissions(arm: Arm, environment: Environment) -> tuple[Permission, ...]:
    """Those at the environment's group, inherited ones included; where it is not, one above."""
    head = f"/subscriptions/{arm.session.target.subscription_id}"
    group = f"{head}/resourceGroups/{environment.resource_group}"
    bodies = arm.items(f"{group}{PERMISSIONS}", PERMISSIONS_VERSION)
    bodies = bodies or arm.items(f"{head}{PERMISSIONS}", PERMISSIONS_VERSION)
    return tuple(
        Permission(tuple(body.get("actions") or ()), tuple(body.get("notActions") or ()))
        for body in bodies
    )


def _read_domains(
    session: Session,
    arm: Arm,
    environment: Environment,
    accounts: tuple[Account, ...] | Unreadable,
) -> dict[str, bool | Unreadable]:
    """Only of accounts that are not there yet: the others hold theirs."""
    if isinstance(accounts, Unreadable):
        return {}
    new = [
        account
        for account in environment.accounts
        if not any(each.key.endswith(account_id(account, environment)) for each in accounts)
    ]
    return {
        account.name: _told(
            account.name,
            partial(_is_free, arm, session, sub_domain(account, session.target.subscription_id)),
        )
        for account in new
    }


def _is_free(arm: Arm, session: Session, domain: str) -> bool:
    path = f"{PROVIDER.format(session.target.subscription_id)}/checkDomainAvailability"
    asked = {"subdomainName": domain, "type": DOMAIN_TYPE}
    answer = arm.post(path, COGNITIVE_VERSION, asked)
    free = answer.get("isSubdomainAvailable")
    if not isinstance(free, bool):
        raise CloudRefused(f"Azure does not say whether {domain} is free")
    return free


def _read_deployments(
    session: Session, environment: Environment, accounts: tuple[Account, ...] | Unreadable
) -> dict[str, tuple[Deployment, ...] | Unreadable]:
    if isinstance(accounts, Unreadable):
        return {}
    wanted = [account_id(account, environment) for account in environment.accounts]
    own = [each for each in accounts if each.key.endswith(tuple(wanted))]
    found = {}
    for account in own:
        told = read_deployments(session, account)
        found[account.key] = told if isinstance(told, Unreadable) else tuple(told)
    return found


def _told(name: str, read: Callable[[], Found]) -> Found | Unreadable:
    try:
        return read()
    except (CloudRefused, NotReady) as error:
        return Unreadable(name, error.message)
