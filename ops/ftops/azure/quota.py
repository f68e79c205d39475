"""Reads quota over Azure Resource Manager, region by region."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from ftops.azure.body import list_bodies
from ftops.azure.session import Session, refusals
from ftops.estate import Unreadable
from ftops.quota import Pool, parse_pool
from ftops_catalog.errors import CloudRefused, NotReady

READERS = 4


def read_quota(
    session: Session, regions: Iterable[str]
) -> tuple[tuple[Pool, ...], tuple[Unreadable, ...]]:
    """Every pool of the regions; a region that does not tell, or tells nothing, is unreadable."""
    asked = sorted(set(regions))
    assert session.cognitive is not None, "a session has its client before threads share it"
    with ThreadPoolExecutor(READERS) as threads:
        answers = list(threads.map(partial(_read_region, session), asked))
    pools = [pool for answer in answers if isinstance(answer, list) for pool in answer]
    hidden = tuple(answer for answer in answers if isinstance(answer, Unreadable))
    return tuple(sorted(pools, key=lambda pool: (pool.region, pool.name.casefold()))), hidden


def _read_region(session: Session, region: str) -> list[Pool] | Unreadable:
    try:
        with refusals(f"reading the quota of {region}"):
            bodies = list_bodies(session.cognitive.usages.list, region)
    except (CloudRefused, NotReady) as error:
        return Unreadable(region, error.message)
    if not bodies:
        # An empty list has been seen where nothing was registered yet: it is not a zero.
        return Unreadable(region, f"Azure told nothing about the quota of {region}")
    return [parse_pool(body, region) for body in bodies]
