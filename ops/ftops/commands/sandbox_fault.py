"""`ftops sandbox fault`: orders trouble, lists it, ends it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import state_option

DEEDS = ("drop", "truncate", "stale", "duplicate")

ANSWER = (
    "faults[].match",
    "faults[].times_left",
    "faults[].hits",
    "faults[].rate",
    "faults[].seed",
    "faults[].status",
    "faults[].code",
    "faults[].retry_after_ms",
    "faults[].delay_ms",
    "faults[].drop",
    "faults[].truncate",
    "faults[].stale",
    "faults[].duplicate",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@click.argument("match", required=False)
@state_option
@click.option("--status", type=int, help="Refuse with this status: 403, 429, 500, 503.")
@click.option("--retry-after", help="Say so in the refusal: 200ms, 2s. Without it, nothing is.")
@click.option("--code", help="Azure's error code, where not the usual one.")
@click.option("--delay", help="Answer later: 300ms, 2s.")
@click.option("--drop", "deed", flag_value="drop", help="Close the connection unanswered.")
@click.option("--truncate", "deed", flag_value="truncate", help="Hang up in mid-answer.")
@click.option("--stale", "deed", flag_value="stale", help="Read the world as it is now, later.")
@click.option("--duplicate", "deed", flag_value="duplicate", help="Deliver the request twice.")
@click.option("--times", type=int, help="How often; once, or with --rate until cleared.")
@click.option("--rate", type=float, help="The share of matching requests: 0.2 is one in five.")
@click.option("--seed", type=int, help="Draws the same requests again. Default: 0.")
@click.option("--list", "listed", is_flag=True, help="Show the faults in force.")
@click.option("--clear", is_flag=True, help="End every fault.")
@output_option
def command(match: str | None, state: Path, listed: bool, clear: bool, **given: Any) -> None:
    """Order trouble from the local Azure.

    MATCH is a method and a regular expression for the path and query, such as
    "PUT .*/deployments/"; "." stands for any request. The first fault that matches a request is
    the one that it meets. A restart ends them all.

    \b
    Examples:
      ftops sandbox fault "PUT .*/deployments/" --status 429 --retry-after 2s --times 3
      ftops sandbox fault "GET .*/metrics" --status 503 --rate 0.2 --seed 7
      ftops sandbox fault "GET .*/accounts" --stale --times 2
      ftops sandbox fault . --delay 300ms --rate 0.5
      ftops sandbox fault --list
      ftops sandbox fault --clear
    """
    from ftops.azure.sandbox import ask
    from ftops.order import fault_order
    from ftops.sandbox import require_running
    from ftops_catalog.errors import BadUsage

    output: str = given.pop("output")
    asked = [name for name, is_on in (("--list", listed), ("--clear", clear)) if is_on]
    if len(asked) + bool(match) != 1:
        raise BadUsage(
            "say one of: a MATCH to order trouble for, --list, --clear",
            'ftops sandbox fault "PUT .*/deployments/" --status 429',
        )
    order = fault_order(match, given) if match else {}
    running = require_running(state)
    if clear:
        ask(running, "DELETE", "faults")
    elif match:
        ask(running, "POST", "faults", order)
    found = ask(running, "GET", "faults")
    rows = [(one["match"], _does(one), one["times_left"], one["hits"]) for one in found["faults"]]
    shown = [(m, d, "until cleared" if left is None else left, hits) for m, d, left, hits in rows]
    table = Table(("match", "does", "times left", "hits"), shown, empty="no faults")
    now = datetime.fromisoformat(found["now"])
    emit(Answer("sandbox fault", now, {"faults": found["faults"]}, [table]), output)


def _does(fault: dict[str, Any]) -> str:
    """One fault in words."""
    words = [str(fault["status"])] if "status" in fault else []
    words += [name for name in DEEDS if fault.get(name)]
    if "retry_after_ms" in fault:
        words.append(f"retry after {fault['retry_after_ms']} ms")
    if "delay_ms" in fault:
        words.append(f"{fault['delay_ms']} ms late")
    if "rate" in fault:
        words.append(f"{fault['rate']:.0%} of requests, seed {fault['seed']}")
    return ", ".join(words)
