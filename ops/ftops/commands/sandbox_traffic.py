"""`ftops sandbox traffic`: writes the calls that a deployment has had."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import state_option

ANSWER = (
    "deployment",
    "calls",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@click.argument("deployment")
@state_option
@click.option("--rate", required=True, help="Calls on average: 10/h, 2/min, 500/d.")
@click.option("--since", default="1d", show_default=True, help="A span such as 3d, or an instant.")
@click.option(
    "--profile",
    type=click.Choice(["constant", "office-hours", "burst"]),
    default="constant",
    show_default=True,
    help="How the calls are spread; the average stays.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the same calls again.")
@output_option
def command(
    deployment: str, *, state: Path, rate: str, since: str, profile: str, seed: int, output: str
) -> None:
    """Write calls into the local Azure's past.

    DEPLOYMENT is a name, ACCOUNT/NAME or an ARM id. The calls have plausible token counts and go
    into the one history that metrics, bills and limits are made from; none is older than the
    deployment. They end now: advance the clock first to have a longer past.

    \b
    Examples:
      ftops sandbox traffic support --rate 10/h --since 3d
      ftops sandbox traffic contoso/support --rate 2/min --since 7d --profile office-hours
    """
    from ftops.azure.sandbox import ask
    from ftops.sandbox import require_running

    body = {"deployment": deployment, "rate": rate, "since": since}
    found = ask(
        require_running(state), "POST", "traffic", {**body, "profile": profile, "seed": seed}
    )
    now = datetime.fromisoformat(found.pop("now"))
    table = Table(("deployment", "calls"), [(found["deployment"], found["calls"])])
    emit(Answer("sandbox traffic", now, found, [table]), output)
