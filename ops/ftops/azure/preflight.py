"""The preflight of an environment against Azure as it is now."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ftops.azure.session import Session
from ftops.azure.surroundings import read_surroundings
from ftops.environment import Environment
from ftops.preflight.check import Check
from ftops.preflight.judge import Preflight, judge
from ftops.price import PriceBook
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import Blocked

NAMES = frozenset({"name", "endpoint"})
"""What is asked of names: not held against who says what becomes of deleted accounts."""


def run_preflight(session: Session, environment: Environment) -> Preflight:
    """Reads and judges; prices are the catalog's list prices. Nothing is written."""
    around = read_surroundings(session, environment)
    return judge(environment, around, PriceBook(read_catalog()), session.now)


def require_preflight(
    session: Session,
    environment: Environment,
    tell: Callable[[str], None],
    settled: Collection[str] = (),
) -> None:
    """Raises Blocked where a line is; what nobody could verify is told, and does not stop.

    `settled` are topics that somebody has decided about already.
    """
    found = run_preflight(session, environment)
    for check in found.unverified:
        tell(f"unverified: {_sentence(check)}")
    stops = [check for check in found.blocked if check.topic not in settled]
    if not stops:
        return
    name = environment.name
    if len(stops) == 1:
        raise Blocked(f"{name} would not come up: {_sentence(stops[0])}", stops[0].hint)
    lines = "".join(f"\n  {_sentence(check)}; {check.hint}" for check in stops)
    raise Blocked(
        f"{name} would not come up, for {len(stops)} reasons:{lines}", f"ftops plan {name}"
    )


def _sentence(check: Check) -> str:
    place = f"{check.place}: " if check.place else ""
    return f"{place}{check.topic} of {check.subject}: {check.reason}"
