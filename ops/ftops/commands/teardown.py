"""`ftops teardown`: what is idle, judged, listed, and with --yes deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.answer import Answer, Table, emit, output_option, rfc3339
from ftops.estate import Scope
from ftops.ledger import Ledger
from ftops.option import account_option, group_option, ledger_option
from ftops_catalog.errors import BadUsage

if TYPE_CHECKING:
    from ftops.allowance import Allowance
    from ftops.azure.teardown import Judged
    from ftops.outcome import Outcome

COLUMNS = ("deployment", "account", "verdict", "idle h", "$/h", "reason")
REFUSED = 3

ANSWER = (
    "as_of",
    "verdicts[].deployment",
    "verdicts[].account",
    "verdicts[].verdict",
    "verdicts[].reason",
    "verdicts[].idle_hours",
    "verdicts[].hosting_usd_per_hour",
    "saved_usd_per_day",
    "plan[].deployment",
    "plan[].account",
    "plan[].action",
    "outcomes[].deployment",
    "outcomes[].account",
    "outcomes[].action",
    "outcomes[].state",
    "outcomes[].reason",
    "unreadable[].name",
    "unreadable[].reason",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("teardown")
@click.option("--idle", is_flag=True, help="Tear down what is idle or past its time to live.")
@click.option("--idle-after", metavar="SPAN", help="Idle is without calls this long: 24h, 14d.")
@click.option("--grace", metavar="SPAN", help="Announce for this long before deleting: 12h.")
@click.option("--yes", is_flag=True, help="Delete what the plan lists.")
@click.option("--check", is_flag=True, help="End with 1 where something is to be deleted.")
@click.option("--environment", help="Only deployments of this environment.")
@account_option
@group_option
@ledger_option
@output_option
def command(output: str, **chosen: Any) -> None:
    """Judge every deployment and delete the idle and expired ones: a dry run, unless --yes.

    Every deployment gets one verdict with its reason, those that are kept included. What is not
    known is kept. --idle-after comes from policies/settings.yaml, by the environment that the
    deployment's tag names. With --yes each one is read and judged again just before it is
    deleted, and the ledger has its body first, so that `ftops restore` can bring it back.

    \b
    Examples:
      ftops teardown --idle
      ftops teardown --idle --idle-after 24h --yes
      ftops teardown --idle --environment dev --check --output json
    """
    emit(_answer(Options(**chosen)), output)


@dataclass(frozen=True)
class Options:
    """What the user chose."""

    idle: bool
    idle_after: str | None
    grace: str | None
    yes: bool
    check: bool
    environment: str | None
    account: str | None
    resource_group: str | None
    ledger: Path

    @property
    def scope(self) -> Scope:
        return Scope(self.account, self.resource_group, self.environment)


def _answer(chosen: Options) -> Answer:
    from ftops.allowance import read_allowance
    from ftops.azure.session import open_session
    from ftops.azure.teardown import carry_out, judge_estate
    from ftops.outcome import foretell
    from ftops.price import PriceBook
    from ftops_catalog.catalog import read_catalog

    if not chosen.idle:
        raise BadUsage("teardown was not told what to tear down", "ftops teardown --idle")
    session = open_session()
    ledger = Ledger(chosen.ledger, session.target.subscription_id)
    allowance = read_allowance(
        Path.cwd(), session.target.subscription_id, chosen.idle_after, chosen.grace
    )
    judged = judge_estate(session, chosen.scope, allowance, PriceBook(read_catalog()))
    outcomes = foretell(judged.plan)
    if chosen.yes:
        outcomes = carry_out(session, judged, allowance, ledger)
    notes = _notes(judged, allowance, outcomes, yes=chosen.yes)
    if chosen.yes:
        notes += ledger.read().notes(ledger.path)
    failed = any(outcome.state == "failed" for outcome in outcomes)
    return Answer(
        "teardown",
        session.now,
        _body(judged, outcomes),
        _tables(judged, outcomes if chosen.yes else ()),
        notes,
        exit_code=REFUSED if failed else int(chosen.check and bool(judged.plan.items)),
    )


def _body(judged: Judged, outcomes: Sequence[Outcome]) -> dict[str, object]:
    return {
        "as_of": judged.window.as_of,
        "verdicts": [
            {
                "deployment": verdict.deployment.name,
                "account": verdict.deployment.account.name,
                "verdict": verdict.verdict,
                "reason": verdict.reason,
                "idle_hours": None if verdict.idle_hours is None else float(verdict.idle_hours),
                "hosting_usd_per_hour": verdict.hosting_usd_per_hour,
            }
            for verdict in judged.verdicts
        ],
        "plan": [
            {"deployment": item.deployment, "account": item.account, "action": item.action}
            for item in judged.plan.items
        ],
        "saved_usd_per_day": judged.plan.saved_usd_per_day,
        "outcomes": [vars(outcome) for outcome in outcomes],
        "unreadable": [vars(each) for each in judged.estate.unreadable],
    }


def _tables(judged: Judged, outcomes: Sequence[Outcome]) -> list[Table]:
    rows = [
        (
            verdict.deployment.name,
            verdict.deployment.account.name,
            verdict.verdict,
            verdict.idle_hours,
            verdict.hosting_usd_per_hour,
            verdict.reason,
        )
        for verdict in judged.verdicts
    ]
    tables = [Table(COLUMNS, rows, empty="there is no deployment here")]
    if outcomes:
        done = [(each.deployment, each.account, each.state, each.reason) for each in outcomes]
        tables.append(Table(("deployment", "account", "outcome", "reason"), done))
    return tables


def _notes(
    judged: Judged, allowance: Allowance, outcomes: Sequence[Outcome], *, yes: bool
) -> list[str]:
    count = len(judged.plan.items)
    saved = judged.plan.saved_usd_per_day
    price = "an unknown amount" if saved is None else f"${saved:.2f}"
    lines = [f"{each.name}: unknown: {each.reason}" for each in judged.estate.unreadable]
    if not count:
        lines.append("Nothing to delete.")
    elif yes:
        deleted = sum(outcome.state == "deleted" for outcome in outcomes)
        lines.append(f"Deleted {deleted} of {count}; ftops restore NAME brings one back.")
    else:
        lines.append(f"Would delete {count}, which saves {price} a day. --yes deletes.")
        if judged.plan.refusal:
            lines.append(f"--yes would be refused: {judged.plan.refusal}.")
    lines.append(f"Calls are known up to {rfc3339(judged.window.as_of)}.")
    return [*allowance.notes, *lines]
