"""A judgement: what the rules say of one environment, and what it costs by the hour."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from ftops.price import PTU_HOUR, PriceBook, Priced
from ftops_catalog.catalog import Catalog, read_catalog
from ftops_policies import (
    EnvironmentSettings,
    Finding,
    Resource,
    Rule,
    judge,
    judge_whole,
    read_rules,
)
from ftops_policies.deployment import served_by
from ftops_policies.resource import DEPLOYMENT, NotKnownError
from ftops_policies.rule import PROJECT


@dataclass(frozen=True)
class Judgement:
    """One environment judged; `source` is the file that a person opens to change it.

    `usd_per_hour` is the hosting of its deployments at list price, of `unpriced` ones nobody
    knows it: the sum is then a lower bound. Base deployments are paid by the token, and are 0.
    """

    environment: str
    source: str
    resources: int
    findings: tuple[Finding, ...] = field(repr=False)
    usd_per_hour: Decimal = Decimal(0)
    unpriced: int = 0

    @property
    def blocks(self) -> bool:
        return any(each.blocks for each in self.findings)

    def fingerprints(self) -> dict[str, Finding]:
        """Each finding by a name that stays when lines move and numbers change.

        Several findings of one rule about one resource are told apart by their order.
        """
        seen: Counter[tuple[str, str]] = Counter()
        found: dict[str, Finding] = {}
        for each in sorted(self.findings, key=lambda one: (one.rule, one.resource, one.message)):
            key = (each.rule, each.resource.casefold())
            seen[key] += 1
            words = "\n".join((self.environment, *key, str(seen[key])))
            found[hashlib.sha256(words.encode()).hexdigest()[:32]] = each
        return found


def judge_environment(
    resources: Sequence[Resource],
    environment: EnvironmentSettings,
    now: datetime,
    source: str,
    rules: Sequence[Rule] | None = None,
) -> Judgement:
    """Everything that an environment holds, judged; a finding without a file is of `source`.

    Where its jobs are not known, rules on them are left out: `rules` are then the others.
    """
    catalog = read_catalog()
    found = judge_whole(resources, environment, now, rules=rules, catalog=catalog)
    placed = tuple(replace(each, file=each.file or source) for each in found)
    prices = [_usd_per_hour(each, catalog) for each in resources if each.is_a(DEPLOYMENT)]
    total = sum((price for price in prices if price is not None), Decimal(0))
    made = sum(not each.is_a(PROJECT) for each in resources)
    return Judgement(environment.name, source, made, placed, total, prices.count(None))


def judge_training(
    resources: Sequence[Resource], environment: EnvironmentSettings, now: datetime, source: str
) -> Judgement:
    """Jobs and files by themselves; rules on environments are not asked of a part of one.

    Nor is a waiver void here for which nothing is found: it may be for another job's.
    """
    found = judge(resources, environment, now, rules=[r for r in read_rules() if r.of_training])
    placed = tuple(replace(each, file=each.file or source) for each in found)
    return Judgement(environment.name, source, len(resources), placed)


def _usd_per_hour(deployment: Resource, catalog: Catalog) -> Decimal | None:
    """What standing there costs; None where nobody knows."""
    try:
        served = served_by(deployment, catalog)
        sku = catalog.find_sku(deployment.text("sku.name") or "")
        capacity = deployment.at("sku.capacity")
        region = deployment.parent.text("location") if deployment.parent else None
    except NotKnownError:
        return None
    if served is None or sku is None:
        return None
    if not served.tuned and sku.billing != PTU_HOUR:
        return Decimal(0)
    wanted = Priced(
        served.model.name if served.model else None,
        "hosting",
        sku=sku.name,
        region=region or "",
        capacity=capacity if isinstance(capacity, int) else None,
    )
    return PriceBook(catalog).quote(wanted).amount_usd


def count(judgements: Iterable[Judgement], state: str) -> int:
    """How many findings are of a state, in all of them."""
    return sum(each.state == state for one in judgements for each in one.findings)
