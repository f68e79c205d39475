"""`ftops tune submit`: a checked file becomes a job, once."""

from __future__ import annotations

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
from ftops_catalog.errors import Blocked

if TYPE_CHECKING:
    from ftops.azure.submission import Submitted
    from ftops.estimate import Estimate

CENT = Decimal("0.01")

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
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("submit")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--model", required=True, help="The model to train, or a tuned one to train on.")
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

    Checks the data first and shows the price. The same bytes are uploaded once, and the same
    recipe (files, model, options) is one job: run it again and it answers with the job that runs
    or has succeeded, unless --again is given.

    \b
    Examples:
      ftops tune submit train.jsonl --model gpt-4.1-mini --suffix first
      ftops tune submit train.jsonl --validation held-out.jsonl --model gpt-4.1-nano --epochs 2
      ftops tune submit train.jsonl --model gpt-4.1-mini --wait
    """
    from ftops.azure.session import open_session
    from ftops.azure.submission import Order, submit

    wait = options.pop("wait")
    order = Order(**options)
    session = open_session()
    submitted = submit(session, order, _price, _say)
    if wait and not submitted.job.ended:
        from ftops.commands.tune_watch import watch

        submitted = submitted.followed(watch(submitted.follow(), submitted.job.id))
    emit(_answer(submitted), output)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _price(estimate: Estimate) -> None:
    """Shows what the job will cost; a job that Azure would refuse ends here."""
    price = estimate.training_usd
    shown = "an unknown price" if price is None else f"about {max(price, CENT):.2f} USD"
    epochs = f"{estimate.epochs} epochs" + ("" if estimate.wish.epochs else " (a guess)")
    _say(f"{estimate.check.tokens} tokens x {epochs}: {shown} for training")
    if estimate.blockers:
        raise Blocked(estimate.blockers[0], "ftops catalog shows what can be trained where")


def _answer(submitted: Submitted) -> Answer:
    from ftops.submission import show_job

    job = submitted.job
    shown = show_job(job, account=submitted.account.name, reused=submitted.reused)
    note = f"ftops tune watch {job.id}" if not job.ended else f"ftops deploy {job.id}"
    rows = [(job.id, job.status, job.model, job.training_type, job.suffix, submitted.reused)]
    columns = ("job", "status", "model", "training type", "suffix", "was there")
    return Answer(
        command="tune submit",
        now=submitted.now,
        body={"job": {**shown, "estimated_usd": submitted.estimate.training_usd}},
        tables=(Table(columns, rows),),
        notes=(f"next: {note}",) if job.status not in {"failed", "cancelled"} else (job.error,),
        exit_code=1 if job.status in {"failed", "cancelled"} else 0,
    )
