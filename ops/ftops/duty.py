"""Duties: what people and machines do here, each with the least role that suffices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

COGNITIVE = "Microsoft.CognitiveServices"
OPENAI = f"{COGNITIVE}/accounts/OpenAI"
OPENAI_USER = "Cognitive Services OpenAI User"
READER = "Reader"


@dataclass(frozen=True)
class Duty:
    """A built-in role where a narrow one exists; else exactly these actions, as a custom role.

    `scope` is where it holds when the stack file names no account. `watches` is for who has to
    read metrics, too: Azure gives the metrics of many accounts to readers of a subscription alone.
    """

    name: str
    does: str
    scope: Literal["account", "group", "subscription"]
    builtin: str = ""
    actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    watches: bool = False


# Which data action stands for which path is not published; wildcards below one noun cover it.
_DUTIES = (
    Duty(
        "caller",
        "calls deployments, and makes and trains nothing",
        "account",
        builtin=OPENAI_USER,
    ),
    Duty(
        "trainer",
        "uploads files and runs fine-tuning jobs, and deploys nothing",
        "account",
        # OpenAI Contributor may deploy as well, which costs money by the hour.
        actions=(f"{COGNITIVE}/*/read",),
        data_actions=(
            f"{OPENAI}/files/*",
            f"{OPENAI}/uploads/*",
            f"{OPENAI}/fine-tunes/*",
            f"{OPENAI}/models/read",
        ),
    ),
    Duty(
        "deployer",
        "makes, pauses and deletes deployments, and reads no training data",
        "account",
        # OpenAI Contributor reads all files; Cognitive Services Contributor lists keys.
        actions=(
            f"{COGNITIVE}/*/read",
            f"{COGNITIVE}/accounts/deployments/write",
            f"{COGNITIVE}/accounts/deployments/delete",
            f"{COGNITIVE}/accounts/deployments/pause/action",
            f"{COGNITIVE}/accounts/deployments/resume/action",
        ),
        # `ftops deploy` reads the job that made a model, and asks until the deployment answers.
        data_actions=(
            f"{OPENAI}/fine-tunes/read",
            f"{OPENAI}/models/read",
            f"{OPENAI}/deployments/chat/completions/action",
        ),
    ),
    Duty(
        "sweeper",
        "reads deployments and their metrics, deletes what is idle and brings it back",
        "group",
        actions=(
            f"{COGNITIVE}/accounts/read",
            f"{COGNITIVE}/accounts/deployments/read",
            f"{COGNITIVE}/accounts/deployments/write",
            f"{COGNITIVE}/accounts/deployments/delete",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
        ),
        watches=True,
    ),
    Duty(
        "reader",
        "reads what exists and what it costs, and no data",
        "group",
        builtin=READER,
        watches=True,
    ),
)

WATCHER = Duty(
    "watcher",
    "reads metrics and the Activity Log, and nothing else of the subscription",
    "subscription",
    # Monitoring Reader reads everything.
    actions=(
        "Microsoft.Insights/metrics/read",
        "Microsoft.Insights/metricDefinitions/read",
        "Microsoft.Insights/eventtypes/values/read",
    ),
)
"""What comes with every duty that watches; no stack file names it."""

DUTIES: Mapping[str, Duty] = {duty.name: duty for duty in _DUTIES}
"""What a stack file may name."""
