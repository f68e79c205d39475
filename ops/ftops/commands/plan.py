"""`ftops plan`: whether an environment would come up, before anything is touched."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.target import Kind

if TYPE_CHECKING:
    from decimal import Decimal

    from ftops.environment import Environment
    from ftops.preflight.check import Check
    from ftops.preflight.judge import Preflight

COLUMNS = ("state", "topic", "subject", "reason")
STATES = ("blocked", "UNVERIFIED", "ok")
HOURS_PER_MONTH = 730
"""Azure's own month in its price calculator."""
MONEY = ("action", "deployment", "usd_per_hour", "usd_per_month", "basis")

ANSWER = (
    "environment",
    "target",
    "verdict",
    "checks[].topic",
    "checks[].subject",
    "checks[].state",
    "checks[].reason",
    "checks[].hint",
    "checks[].place",
    "changes[].deployment",
    "changes[].action",
    "changes[].usd_per_hour",
    "changes[].before_usd_per_hour",
    "changes[].basis",
    "usd_per_hour",
    "usd_per_month",
    "more_usd_per_hour",
    "unknown[]",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("plan")
@click.argument("env", metavar="ENV")
@click.option(
    "--target", type=click.Choice(["sandbox", "azure"]), help="Assert what this shell points at."
)
@click.option("--offline", is_flag=True, help="Ask nobody: the catalog's word alone.")
@click.option("--strict", is_flag=True, help="What nobody could verify counts as a no.")
@output_option
def command(env: str, target: Kind | None, offline: bool, strict: bool, output: str) -> None:
    """Tell whether the environment ENV would come up, and what standing there would cost.

    Regions, models, SKUs and lifecycle dates; quota pools, those of tuned models included, summed
    over the environment; limits; names that deleted accounts still hold; your own permissions;
    the price per hour and month. Each line is ok, blocked or UNVERIFIED: nobody's silence is a
    yes. Nothing is written. The exit code is 1 where a line is blocked.

    \b
    Examples:
      ftops plan dev
      ftops plan prod --strict
      ftops plan staging --offline --output json
    """
    from ftops.environment import read_environment
    from ftops.stack_file import find_root

    environment = read_environment(env, find_root(Path.cwd()))
    found, now, kind = _offline(environment) if offline else _asked(environment, target)
    refused = found.blocked or (strict and found.unverified)
    said = f"{env}: {len(found.blocked)} blocked, {len(found.unverified)} unverified"
    body = {"environment": env, "target": kind, **_body(found)}
    answer = Answer("plan", now, body, _tables(found, said), exit_code=int(bool(refused)))
    emit(answer, output)


def _asked(environment: Environment, target: Kind | None) -> tuple[Preflight, datetime, str]:
    from ftops.azure.preflight import run_preflight
    from ftops.azure.session import open_session

    session = open_session(target)
    return run_preflight(session, environment), session.now, session.target.kind


def _offline(environment: Environment) -> tuple[Preflight, datetime, str]:
    from ftops.preflight.judge import judge
    from ftops.preflight.surroundings import nothing_asked
    from ftops.price import PriceBook
    from ftops_catalog.catalog import read_catalog

    now = datetime.now(UTC)
    around = nothing_asked("Azure was not asked")
    return judge(environment, around, PriceBook(read_catalog()), now), now, "none"


def _body(found: Preflight) -> dict[str, object]:
    hour = found.bill.usd_per_hour
    return {
        "verdict": "blocked" if found.blocked else "UNVERIFIED" if found.unverified else "ok",
        "checks": [vars(check) for check in found.checks],
        "changes": [
            {
                "deployment": line.subject,
                "action": line.action,
                "usd_per_hour": line.usd_per_hour,
                "before_usd_per_hour": line.before_usd_per_hour,
                "basis": line.basis,
            }
            for line in found.bill.lines
        ],
        "usd_per_hour": hour,
        "usd_per_month": hour * HOURS_PER_MONTH,
        "more_usd_per_hour": found.bill.more_usd_per_hour,
        "unknown": found.bill.unknown,
    }


def _tables(found: Preflight, said: str) -> list[Table]:
    """First what stands in the way, then what nobody could tell, then what is well."""
    ordered = sorted(found.checks, key=lambda check: STATES.index(check.state))
    checks = [(each.state, each.topic, each.subject, _told(each)) for each in ordered]
    money = [
        (line.action, line.subject, line.usd_per_hour, _month(line.usd_per_hour), line.basis)
        for line in found.bill.lines
    ]
    return [Table(COLUMNS, checks, said), Table(MONEY, money, "hosting", empty="no deployments")]


def _told(check: Check) -> str:
    return f"{check.reason}; {check.hint}" if check.hint else check.reason


def _month(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount * HOURS_PER_MONTH
