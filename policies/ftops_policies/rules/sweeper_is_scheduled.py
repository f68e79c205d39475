"""Whether anything takes away what experiments leave behind."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import pairwise

from ftops_policies.neighbour import places
from ftops_policies.resource import Resource
from ftops_policies.rule import PROJECT, Remark, rule, unknown


@rule(
    "sweeper-is-scheduled",
    severity="block",
    applies_to=PROJECT,
    remedy="Add a workflow with `on: schedule` that runs "
    "`ftops teardown --idle --environment ENV --yes`; `ftops init` writes one.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-cost-management",
        "https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule",
    ),
)
def sweeper_is_scheduled(
    project: Resource, *, sweeper_required: bool = False
) -> Iterator[str | Remark]:
    """Where experiments live, a scheduled workflow of the project tears down what is idle.

    A time to live ends nothing by itself: it is a tag, and somebody has to act on it. What is left
    to be run by hand is not run over a holiday, at 1,240 USD a month for each deployment. Judged
    by the workflow files alone: a sweep that something else runs is not seen here, and its
    environment leaves `sweeper_required` off.
    """
    if not sweeper_required:
        return
    dry = unclear = ""
    for place in places(project, "workflows"):
        file = project.text(f"{place}.file") or "a workflow"
        for line in places(project, f"{place}.commands"):
            verdict = _sweeps(project.text(line) or "", project.name)
            if verdict == "yes":
                return
            dry = file if verdict == "dry" else dry
            unclear = file if verdict == "unclear" else unclear
        if project.at(f"{place}.unreadable") or project.at(f"{place}.calls"):
            unclear = unclear or file
    if unclear:
        yield unknown(f"Whether {unclear} sweeps this environment cannot be told from its text.")
    elif dry:
        yield f"The sweep in {dry} is a dry run: it has no --yes."
    else:
        yield "No scheduled workflow runs `ftops teardown --idle` for this environment."


def _sweeps(command: str, environment: str) -> str:
    """Whether a command sweeps an environment: yes, no, dry, or unclear."""
    try:
        words = shlex.split(command)
    except ValueError:
        return "unclear"
    named = [after for word, after in pairwise(words) if word == "--environment"]
    named += [word.partition("=")[2] for word in words if word.startswith("--environment=")]
    if "--idle" not in words:
        return "no"
    if any("$" in name for name in named):
        return "unclear"
    if named and environment.casefold() not in {name.casefold() for name in named}:
        return "no"
    return "yes" if "--yes" in words else "dry"
