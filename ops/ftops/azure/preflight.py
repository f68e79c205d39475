"""The preflight of an environment against Azure as it is now."""

from __future__ import annotations

from ftops.azure.session import Session
from ftops.azure.surroundings import read_surroundings
from ftops.environment import Environment
from ftops.preflight.judge import Preflight, judge
from ftops.price import PriceBook
from ftops_catalog.catalog import read_catalog


def run_preflight(session: Session, environment: Environment) -> Preflight:
    """Reads and judges; prices are the catalog's list prices. Nothing is written."""
    around = read_surroundings(session, environment)
    return judge(environment, around, PriceBook(read_catalog()), session.now)
