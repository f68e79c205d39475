"""Quota: what deployments take from the pools of a subscription and region, and the refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ftops_sandbox.errors import ArmError
from ftops_sandbox.offer import Model, offer, pool_label, pool_name
from ftops_sandbox.store import Share
from ftops_sandbox.world import ACCOUNT, DEPLOYMENT, SUBSCRIPTION_ID, World


@dataclass(frozen=True)
class Pool:
    """One line of a region's usages; `limit` in units of capacity."""

    name: str
    label: str
    limit: int
    region: str

    @property
    def key(self) -> str:
        """The pool's name among all pools of the world."""
        return f"{SUBSCRIPTION_ID}|{self.region}|{self.name}"


def find_pool(model: Model, sku: str, region: str, *, tuned: bool) -> Pool:
    """The pool that a deployment of this model by this SKU draws on."""
    suffix = "-finetune" if tuned and "Provisioned" not in sku else ""
    return Pool(
        pool_name(model, sku, tuned=tuned),
        pool_label(model, sku, tuned=tuned),
        offer().quota[f"{sku}{suffix}"],
        region,
    )


def take(world: World, pool: Pool, amount: int, held: float, of: str = DEPLOYMENT) -> Share:
    """A share of the pool, or InsufficientQuota; `held` is what the resource has of it already."""
    used = world.store.total(of, pool.key)
    free = pool.limit - used
    if amount - held > free:
        raise ArmError(
            400,
            "InsufficientQuota",
            f"This operation require {amount - held:g} new capacity in quota {pool.label}, which "
            f"is bigger than the current available capacity {free:g}. The current quota usage is "
            f"{used:g} and the quota limit is {pool.limit} for quota {pool.label}.",
        )
    return Share(pool.key, amount)


def count_share(world: World, account: dict[str, Any], *, fresh: bool) -> Share:
    """What an account takes of its kind's count in its region; a new one may be one too many."""
    kind, region = account["kind"], account["location"]
    pool = _count_pool(kind, region)
    if fresh:
        return take(world, pool, 1, 0, of=ACCOUNT)
    return Share(pool.key, 1)


def usages(world: World, region: str) -> list[dict[str, Any]]:
    """Every pool of a region with what is used of it, unused ones too."""
    lines = [
        _line(pool.name, pool.label, world.store.total(DEPLOYMENT, pool.key), pool.limit)
        for pool in _pools(region)
    ]
    for kind in ("OpenAI", "AIServices"):
        pool = _count_pool(kind, region)
        used = world.store.total(ACCOUNT, pool.key)
        lines.append(_line(pool.name, pool.label, used, pool.limit))
    return lines


def _count_pool(kind: str, region: str) -> Pool:
    limit = offer().limits["accounts_per_region"]
    return Pool(f"{kind}.S0.AccountCount", f"{kind} account count", limit, region)


def _pools(region: str) -> Iterator[Pool]:
    seen: set[str] = set()
    for model in offer().models:
        for tuned in (False, True):
            for sku in model.skus(region, tuned=tuned):
                pool = find_pool(model, sku, region, tuned=tuned)
                if pool.name not in seen:
                    seen.add(pool.name)
                    yield pool


def _line(name: str, label: str, used: float, limit: int) -> dict[str, Any]:
    return {
        "name": {"value": name, "localizedValue": label},
        "currentValue": used,
        "limit": float(limit),
        "unit": "Count",
    }
