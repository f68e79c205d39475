"""`ftops deploy`: a tuned model, deployed with an owner and an end of life."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import ledger_option
from ftops.training_option import home_account_option
from ftops_catalog.errors import BadUsage, Blocked

if TYPE_CHECKING:
    from ftops.azure.experiment import Proposal

COLUMNS = ("severity", "state", "rule", "message")

ANSWER = (
    "deployment.name",
    "deployment.id",
    "deployment.model",
    "deployment.sku",
    "deployment.capacity",
    "deployment.state",
    "deployment.owner",
    "deployment.environment",
    "deployment.expires_at",
    "deployment.account",
    "deployment.ready",
    "deployment.unchanged",
    "deployment.hosting_usd_per_hour",
    "deployment.hosting_usd_until_expiry",
    "findings[].rule",
    "findings[].severity",
    "findings[].message",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("deploy")
@click.argument("what", metavar="MODEL_OR_JOB")
@click.argument("name", required=False)
@home_account_option
@click.option("--sku", default="Standard", show_default=True, help="How it is served and billed.")
@click.option(
    "--capacity",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Thousands of tokens per minute.",
)
@click.option("--ttl", help="Its time to live, such as 24h; needed outside prod.")
@click.option("--owner", default=None, help="Who answers for it; you, where it is left out.")
@click.option("--environment", default="dev", show_default=True, help="Whose rules it keeps.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@ledger_option
@output_option
def command(ledger: Path, output: str, yes: bool, owner: str | None, **options: Any) -> None:
    """Deploy a tuned model, and wait until it answers.

    MODEL_OR_JOB is a tuned model's id, a job's id or `latest`. The rules of the environment, the
    quota and the price per hour come first. The deployment is billed by the hour from then on,
    used or not, until its time to live is over and `ftops teardown` removes it. The time counts
    from its creation, so running the same command again changes nothing.

    \b
    Examples:
      ftops deploy latest sarcastic --ttl 24h
      ftops deploy latest sarcastic --ttl 8h --sku DeveloperTier --yes
      ftops deploy ftjob-0123456789abcdef0123456789abcdef --ttl 3d --environment staging
    """
    from ftops.azure.experiment import Request, deploy, propose
    from ftops.azure.session import open_session
    from ftops.stack_file import SETTINGS, find_root
    from ftops_policies import read_settings

    settings = read_settings(find_root(Path.cwd()) / SETTINGS)
    request = Request(**options, owner=owner or _you())
    proposal = propose(open_session(), request, settings)
    for note in proposal.notes:
        click.echo(note, err=True)
    if not proposal.stands:
        if proposal.blocked:
            emit(_refusal(proposal), output)
            return
        _approve(proposal, yes=yes)
    emit(_answer(proposal, deploy(proposal, ledger)), output)


def _you() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise BadUsage(
            "nobody owns this deployment", "say who answers for it: --owner you"
        ) from None


def _approve(proposal: Proposal, *, yes: bool) -> None:
    """Shows the price and asks; without a person there to answer, --yes must say it."""
    rate, experiment = proposal.price.amount_usd, proposal.experiment
    price = "at an unknown price" if rate is None else f"for {rate} USD per hour, used or not"
    sentence = f"{experiment.name} would serve {experiment.model} by {experiment.sku} {price}"
    click.echo(sentence, err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise BadUsage("a deployment that costs money waits for a yes", "add --yes")
    if not click.confirm("Go on?", err=True):
        raise Blocked("nothing was deployed")


def _refusal(proposal: Proposal) -> Answer:
    findings = proposal.findings
    rows = [(each.severity, each.state, each.rule, each.message) for each in findings]
    return Answer(
        command="deploy",
        now=proposal.session.now,
        body={"deployment": None, "findings": [each.as_json() for each in findings]},
        tables=(Table(COLUMNS, rows, title=f"{proposal.experiment.name} is not deployed"),),
        notes=("ftops policy check and docs/policies.md tell what to do about each rule",),
        exit_code=1,
    )


def _answer(proposal: Proposal, made: Any) -> Answer:
    from ftops.azure.experiment import hosting_until_end
    from ftops.experiment import show_experiment

    rate, unchanged = proposal.price.amount_usd, proposal.stands
    shown = show_experiment(
        made,
        account=proposal.account.name,
        ready=True,
        unchanged=unchanged,
        hosting_usd_per_hour=rate,
        hosting_usd_until_expiry=hosting_until_end(proposal),
    )
    endless = dict.fromkeys(("expires_at", "hosting_usd_until_expiry"), "no end")
    told = shown if proposal.experiment.ttl else shown | endless
    rows = [(key.replace("_", " "), value) for key, value in told.items() if key != "id"]
    findings = proposal.findings
    return Answer(
        command="deploy",
        now=proposal.session.now,
        body={"deployment": shown, "findings": [each.as_json() for each in findings]},
        tables=(Table(("what", "value"), rows),),
        notes=[f"{each.rule}: {each.message}" for each in findings],
    )
