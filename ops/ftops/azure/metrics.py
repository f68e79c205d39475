"""Asks Azure Monitor for the metrics of many accounts, fifty of one region at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ftops.azure.body import get_body
from ftops.azure.session import Session, refusals
from ftops.estate import Account
from ftops.metric import Reading, parse_readings
from ftops.usage import Window
from ftops_catalog.errors import CloudRefused, NotReady

NAMESPACE = "Microsoft.CognitiveServices/accounts"
ACCOUNTS_MAX = 50
SERIES_MAX = 100_000
"""Without a `top` Azure cuts the answer at ten series and says nothing."""


@dataclass(frozen=True)
class Readings:
    """What Monitor answered; `failures` maps an account's key to why it was not asked well."""

    readings: tuple[Reading, ...]
    failures: dict[str, str]


def read_metrics(
    session: Session, accounts: Iterable[Account], names: Sequence[str], window: Window
) -> Readings:
    """The metrics of every account by deployment; a refused batch fails its accounts alone."""
    readings: list[Reading] = []
    failures: dict[str, str] = {}
    for region, batch in batches(accounts):
        try:
            readings += _read_batch(session, region, batch, names, window)
        except (CloudRefused, NotReady) as error:
            failures |= {account.key: error.message for account in batch}
    return Readings(tuple(readings), failures)


def batches(accounts: Iterable[Account]) -> Iterator[tuple[str, list[Account]]]:
    """Accounts by region, at most fifty together: a batch is of one region and subscription."""
    regions: dict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        regions[account.region].append(account)
    for region, members in sorted(regions.items()):
        rest = iter(members)
        while batch := list(islice(rest, ACCOUNTS_MAX)):
            yield region, batch


def _read_batch(
    session: Session, region: str, accounts: list[Account], names: Sequence[str], window: Window
) -> tuple[Reading, ...]:
    with refusals(f"asking Azure Monitor in {region}"), session.metrics(region) as client:
        # The SDK's own result has no place for Azure's errorCode, so the answer is read raw.
        answer = get_body(
            client.query_resources,
            resource_ids=[account.id for account in accounts],
            metric_namespace=NAMESPACE,
            metric_names=list(names),
            timespan=(_whole_second(window.since), _whole_second(window.until)),
            granularity=window.grain,
            aggregations=["Total"],
            filter="ModelDeploymentName eq '*'",
            max_results=SERIES_MAX,
        )
    return parse_readings(answer)


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
