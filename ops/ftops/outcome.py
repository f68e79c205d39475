"""Outcomes: one row for every item of a plan, whatever became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ftops.plan import Item, Plan

State = Literal["deleted", "would-delete", "skipped", "failed", "already-gone"]


@dataclass(frozen=True)
class Outcome:
    """What became of one item: its state, with a reason a person can read."""

    deployment: str
    account: str
    action: str
    state: State
    reason: str


def outcome_of(item: Item, state: State, reason: str) -> Outcome:
    return Outcome(item.deployment, item.account, item.action, state, reason)


def foretell(plan: Plan) -> tuple[Outcome, ...]:
    """The outcomes of a dry run: nothing was touched."""
    return tuple(outcome_of(item, "would-delete", item.verdict.reason) for item in plan.items)
