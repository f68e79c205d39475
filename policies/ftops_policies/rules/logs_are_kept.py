"""Whether logs are there when an incident is noticed."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import Resource
from ftops_policies.rule import rule


@rule(
    "logs-are-kept",
    severity="block",
    applies_to="Microsoft.OperationalInsights/workspaces",
    remedy="Set `retentionInDays` of `ftops:diagnostics`, or `log_days_min` of the environment.",
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure",
        "https://learn.microsoft.com/security/benchmark/azure/mcsb-logging-threat-detection",
        "https://www.cisecurity.org/benchmark/azure",
    ),
)
def logs_are_kept(workspace: Resource, *, log_days_min: int = 90) -> Iterator[str]:
    """A workspace keeps logs as long as it takes to notice what happened.

    Azure keeps them for 30 days where nothing is said. A key that leaked is found weeks later,
    and a tuned model that answers wrongly when the next audit asks.
    """
    days = workspace.at("properties.retentionInDays")
    if not isinstance(days, int | float) or isinstance(days, bool):
        yield f"The workspace states no `retentionInDays`; at least {log_days_min} are asked for."
    elif not days >= log_days_min:
        yield f"Logs are kept for {days} days; at least {log_days_min} are asked for."
