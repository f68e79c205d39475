"""What is watched: logs to a workspace, and a budget that tells somebody."""

from __future__ import annotations

from typing import Annotated, Literal

from ftops.declared.part import Count, Email, Fits, Flag, Part, ResourceId

Category = Literal["Audit", "RequestResponse", "Trace", "AzureOpenAIRequestUsage"]


class Diagnostics(Part):
    """Each account's logs and metrics, in a workspace that is there or one that is made."""

    workspace_id: ResourceId | None = None
    """A workspace that somebody else keeps; without it one is made."""
    retention_in_days: Count = 90
    """How long a workspace made here keeps what it gets; an incident is found weeks later."""
    categories: tuple[Category, ...] = ("Audit", "RequestResponse")
    """Who asked and what was changed; Trace and the usage of each request on demand."""
    metrics: Flag = True
    """The same metrics that teardown reads, kept beyond Azure Monitor's 93 days."""


class ActionGroup(Part):
    """Who is told."""

    short_name: Annotated[str, Fits(r"[^\s]{1,12}", "1 to 12 characters")] = "ftops"
    """What a text message or mail begins with."""
    emails: tuple[Email, ...]
    """Whom to write to."""


class Budget(Part):
    """What the group may cost in a month; nothing is stopped, somebody is told."""

    amount: Count
    """In the subscription's currency."""
    start_date: Annotated[
        str, Fits(r"20\d\d-(0[1-9]|1[0-2])-01", "the first day of a month in quotes: 2026-11-01")
    ]
    """The first month; Azure lets nobody change it later, so it is stated."""
    thresholds: tuple[Count, ...] = (50, 80, 100)
    """At these percentages of what was spent somebody is told."""
    forecast_thresholds: tuple[Count, ...] = (100,)
    """At these percentages of what Azure expects for the month, too."""
    emails: tuple[Email, ...] = ()
    """Whom to write to besides the action group."""
