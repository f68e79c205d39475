"""Whether the quota suffices: what the whole environment takes of each pool, and what is free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ftops.estate import Unreadable
from ftops.offer import find_offer
from ftops.preflight.change import Change
from ftops.preflight.check import Check, blocked, ok, unverified
from ftops.preflight.surroundings import Surroundings
from ftops.quota import TUNED_SUFFIX, Pool
from ftops_catalog.catalog import Catalog
from ftops_catalog.errors import BadConfig


def pool_checks(
    changes: Iterable[Change], around: Surroundings, catalog: Catalog
) -> Iterator[Check]:
    """One line per region and pool, the `-finetune` pools of tuned models apart."""
    wanted: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        region = change.account.location
        name = pool_name(change, around, catalog)
        if name is None:
            reason = "its quota pool is not known, since its base model is not"
            yield unverified("quota", change.subject, reason, "state baseModel", change.place)
            continue
        wanted[region, name].append(change)
    for (region, name), drawn in sorted(wanted.items()):
        yield _judge(region, name, drawn, around.pools)


def pool_name(change: Change, around: Surroundings, catalog: Catalog) -> str | None:
    """What the models API calls the pool, else the catalog's pattern; None without a base model."""
    deployment, region = change.deployment, change.account.location
    root = deployment.root_model
    model = (
        catalog.find_model(root, None if deployment.tuned else deployment.version) if root else None
    )
    told = around.offers.get(region)
    if model is not None and told is not None and not isinstance(told, Unreadable):
        offer = find_offer(told, model.name, model.version)
        name = offer.pools.get(deployment.sku.casefold()) if offer else None
        if name:
            return f"{name}{TUNED_SUFFIX}" if deployment.tuned else name
    try:
        return (
            catalog.usage_name(root, deployment.sku, tuned=deployment.tuned).value if root else None
        )
    except BadConfig:
        return None


def _judge(
    region: str,
    name: str,
    drawn: list[Change],
    pools: Mapping[str, tuple[Pool, ...] | Unreadable],
) -> Check:
    subject, need = f"{region} {name}", sum(change.more for change in drawn)
    place = drawn[0].place
    told = pools.get(region, Unreadable(region, "Azure was not asked"))
    if isinstance(told, Unreadable):
        reason = f"{need} wanted; {told.reason}"
        return unverified(
            "quota", subject, reason, "the role Cognitive Services Usages Reader", place
        )
    if any(change.action == "unknown" for change in drawn):
        reason = f"up to {need} wanted; Azure does not show what is there already"
        return unverified("quota", subject, reason, place=place)
    pool = next((each for each in told if each.name.casefold() == name.casefold()), None)
    if pool is None or pool.free is None:
        reason = f"{need} wanted; {region} tells nothing about this pool"
        return unverified("quota", subject, reason, place=place)
    reason = f"{need} wanted, {pool.free} of {pool.limit} free"
    if need > pool.free:
        names = ", ".join(change.subject for change in drawn)
        hint = f"lower the capacity of {names}, ask for quota, or: ftops quota plan"
        return blocked("quota", subject, reason, hint, place)
    return ok("quota", subject, reason, place)
