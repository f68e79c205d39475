"""`ftops tune submit`: a checked file becomes a job, once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import ledger_option
from ftops.training_option import (
    allow_option,
    epochs_option,
    home_account_option,
    training_type_option,
)
from ftops_catalog.errors import BadUsage, Blocked

if TYPE_CHECKING:
    from ftops.azure.submission import Proposal, Submitted
    from ftops.estimate import Estimate
    from ftops.job_request import JobRequest
    from ftops_policies import Finding

CENT = Decimal("0.01")
COLUMNS = ("severity", "state", "rule", "about", "message")

ANSWER = (
    "job.id",
    "job.status",
    "job.model",
    "job.method",
    "job.training_type",
    "job.suffix",
    "job.seed",
    "job.hyperparameters.*",
    "job.training_file",
    "job.validation_file",
    "job.created_at",
    "job.finished_at",
    "job.estimated_finish",
    "job.trained_tokens",
    "job.fine_tuned_model",
    "job.error",
    "job.account",
    "job.reused",
    "job.estimated_usd",
    "findings[].rule",
    "findings[].severity",
    "findings[].state",
    "findings[].resource",
    "findings[].file",
    "findings[].line",
    "findings[].message",
    "findings[].waiver",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("submit")
@click.argument("file", metavar="FILE_OR_JOB", type=click.Path(path_type=Path))
@click.option("--model", help="The model to train, or a tuned one to train on.")
@click.option("--validation", type=click.Path(path_type=Path), help="Held-out examples.")
@home_account_option
@training_type_option
@click.option("--method", type=click.Choice(["sft", "dpo"]), help="As the file's format says.")
@epochs_option
@click.option("--batch-size", type=click.IntRange(1, 256), help="Examples per training step.")
@click.option(
    "--learning-rate-multiplier",
    type=click.FloatRange(0, min_open=True),
    help="0.02 to 0.2 is advised.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), help="Derived from the rest if left out."
)
@click.option("--suffix", help="Ends the tuned model's name.")
@allow_option
@click.option("--again", is_flag=True, help="Start a job even if the same one exists.")
@click.option("--wait", is_flag=True, help="Follow the job to its end, as tune watch does.")
@ledger_option
@output_option
def command(output: str, **options: Any) -> None:
    """Upload a training file and start a fine-tuning job.

    FILE_OR_JOB is a training file, or a job spec such as jobs/sarcastic.yaml, which names the
    file, the model and the rest; an option stands over what the spec says. Checks the data
    first, shows the price, and asks the rules of the environment that the account's tag names;
    where one blocks, nothing is uploaded. The same bytes are uploaded once, and the same recipe
    (files, model, options) is one job: run it again and it answers with the job that runs or has
    succeeded, unless --again is given.

    \b
    Examples:
      ftops tune submit train.jsonl --model gpt-4.1-mini --suffix first
      ftops tune submit train.jsonl --validation held-out.jsonl --model gpt-4.1-nano --epochs 2
      ftops tune submit train.jsonl --model gpt-4.1-mini --wait
      ftops tune submit jobs/sarcastic.yaml
    """
    from ftops.azure.session import open_session
    from ftops.azure.submission import Order, propose, submit
    from ftops.stack_file import SETTINGS
    from ftops_policies import read_settings

    root, request = _asked(options.pop("file"), options)
    settings = read_settings(root / SETTINGS)
    order = Order(request, options["account"], options["again"], options["ledger"])
    proposal = propose(open_session(), order, settings, root)
    _price(proposal.estimate)
    if proposal.blocked:
        emit(_refusal(proposal), output)
        return
    _require_offer(proposal.estimate)
    submitted = submit(proposal, _say)
    if options["wait"] and not submitted.job.ended:
        from ftops.commands.tune_watch import watch

        submitted = submitted.followed(watch(submitted.follow(), submitted.job.id))
    emit(_answer(submitted, proposal.findings), output)


def _asked(file: Path, options: dict[str, Any]) -> tuple[Path, JobRequest]:
    """The project, and the job of a spec or of the options alone."""
    from ftops.job_request import JobRequest, request_of, with_options
    from ftops.job_spec import is_spec, read_job_spec
    from ftops.stack_file import find_root
    from ftops_catalog.catalog import read_catalog

    if not is_spec(file):
        if not options["model"]:
            raise BadUsage("no model is named", "say what to train: --model gpt-4.1-mini")
        plain = JobRequest(options["suffix"] or file.stem, options["model"], file)
        return find_root(Path.cwd()), with_options(plain, options)
    root = find_root(file.resolve().parent)
    spec = read_job_spec(file.resolve(), root, read_catalog())
    typed = click.get_current_context().get_parameter_source("training_type")
    if typed is not click.core.ParameterSource.COMMANDLINE:
        options["training_type"] = None
    return root, with_options(request_of(spec, ""), options)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _price(estimate: Estimate) -> None:
    """Shows what the job will cost."""
    price = estimate.training_usd
    shown = "an unknown price" if price is None else f"about {max(price, CENT):.2f} USD"
    epochs = f"{estimate.epochs} epochs" + ("" if estimate.wish.epochs else " (a guess)")
    _say(f"{estimate.check.tokens} tokens x {epochs}: {shown} for training")


def _require_offer(estimate: Estimate) -> None:
    """A job that Azure would refuse ends here."""
    if estimate.blockers:
        raise Blocked(estimate.blockers[0], "ftops catalog shows what can be trained where")


def _refusal(proposal: Proposal) -> Answer:
    findings = proposal.findings
    rows = [
        (each.severity, each.state, each.rule, each.resource, each.message) for each in findings
    ]
    return Answer(
        command="tune submit",
        now=proposal.session.now,
        body={"job": None, "findings": [each.as_json() for each in findings]},
        tables=(Table(COLUMNS, rows, title=f"{proposal.request.name} is not submitted"),),
        notes=("ftops policy explain RULE tells what to do about each one",),
        exit_code=1,
    )


def _answer(submitted: Submitted, findings: Sequence[Finding]) -> Answer:
    from ftops.submission import show_job

    job = submitted.job
    shown = show_job(job, account=submitted.account.name, reused=submitted.reused)
    note = f"ftops tune watch {job.id}" if not job.ended else f"ftops deploy {job.id}"
    rows = [(job.id, job.status, job.model, job.training_type, job.suffix, submitted.reused)]
    columns = ("job", "status", "model", "training type", "suffix", "was there")
    return Answer(
        command="tune submit",
        now=submitted.now,
        body={
            "job": {**shown, "estimated_usd": submitted.estimate.training_usd},
            "findings": [each.as_json() for each in findings],
        },
        tables=(Table(columns, rows),),
        notes=(
            *(f"{each.rule}: {each.resource}: {each.message}" for each in findings),
            f"next: {note}" if job.status not in {"failed", "cancelled"} else job.error,
        ),
        exit_code=1 if job.status in {"failed", "cancelled"} else 0,
    )
