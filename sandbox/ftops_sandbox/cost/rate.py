"""The rate of a training by the hour, which the limit on a job's cost is reckoned with."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from ftops_sandbox.cost.tariff import Tariff, price, units
from ftops_sandbox.cost.use import training_key
from ftops_sandbox.prices.meter import price_list

_HOUR_US = 3_600_000_000


def training_usd_per_hour(base: str, training_type: str, region: str) -> Decimal | None:
    """US dollars, or None where no meter counts such a training."""
    meter = _tariff().find(training_key(base, training_type, "training_time", region))
    return price(meter) * _HOUR_US / units(meter) if meter else None


@cache
def _tariff() -> Tariff:
    return Tariff(price_list())
