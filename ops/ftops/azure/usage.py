"""Reads usage: the requests of every deployment, from Azure Monitor."""

from __future__ import annotations

from datetime import datetime, timedelta

from ftops.azure.metrics import read_metrics
from ftops.azure.session import Session
from ftops.estate import Estate
from ftops.usage import REQUEST_METRICS, Usage, Window, fold_usage

AZURE_IDLE_RULE = timedelta(days=15)
FINE_BELOW = timedelta(hours=6)


def window_of(idle_after: timedelta, now: datetime) -> Window:
    """The window that proves idleness of this length, in buckets small against it.

    It reaches back to the 15 days after which Azure itself may remove a tuned deployment.
    """
    if idle_after < FINE_BELOW:
        return Window(now - timedelta(days=1), now, timedelta(minutes=5))
    span = max(AZURE_IDLE_RULE, idle_after + timedelta(days=1))
    return Window(now - span, now, timedelta(hours=1))


def read_usage(session: Session, estate: Estate, window: Window) -> dict[str, Usage]:
    """The usage of deployments by their keys; what could not be read says why.

    Accounts without a tuned deployment are not asked for: base models cost nothing while idle.
    """
    accounts = {each.account.key: each.account for each in estate.deployments if each.tuned}
    answer = read_metrics(session, accounts.values(), REQUEST_METRICS, window)
    asked = [each for each in estate.deployments if each.account.key in accounts]
    return fold_usage(asked, answer.readings, window, answer.failures)
