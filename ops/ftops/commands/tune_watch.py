"""`ftops tune watch`: a job, followed to its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.option import ledger_option
from ftops.training_option import home_account_option

if TYPE_CHECKING:
    from pathlib import Path

    from ftops.azure.job import Moment
    from ftops.azure.watching import Watched

CLOCK_HINT = "on the sandbox time can be moved: ftops sandbox clock --advance 30m"
GOES_ON = "{job} goes on without you; ftops tune watch {job} follows it again"

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
    "job.final_loss",
    "job.billed_tokens",
    "job.training_usd",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("watch")
@click.argument("job", default="latest")
@home_account_option
@ledger_option
@output_option
def command(job: str, account: str | None, ledger: Path, output: str) -> None:
    """Follow a job to its end: progress, loss, events.

    JOB is an id or `latest`. Events and the progress bar go to stderr. Ctrl-C leaves the job
    running. Exits with 1 where the job fails or is cancelled.

    \b
    Examples:
      ftops tune watch latest
      ftops tune watch ftjob-0123456789abcdef0123456789abcdef --output json
    """
    from ftops.azure.session import open_session
    from ftops.azure.watching import open_job, settle

    session = open_session()
    opened = open_job(session, account, job)
    if session.target.is_sandbox and not opened.job.ended:
        click.echo(CLOCK_HINT, err=True)
    last = watch(opened.follow(), opened.job.id)
    emit(_answer(settle(opened, last, ledger)), output)


def watch(moments: Iterator[Moment], job_id: str) -> Moment:
    """Draws every moment and returns the last one, the job's end."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.text import Text

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    last: Moment | None = None
    try:
        with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
            task = progress.add_task(job_id, total=None)
            for last in moments:
                for event in last.events:
                    at = event.at.strftime("%H:%M:%S") if event.at else ""
                    console.print(Text(f"{at} {event.message}"), soft_wrap=True)
                share = last.share
                total = None if share is None else 1.0
                progress.update(task, description=last.said, completed=share or 0.0, total=total)
    except KeyboardInterrupt:
        click.echo(GOES_ON.format(job=job_id), err=True)
        raise
    assert last is not None, "a job that is followed has a moment"
    return last


def _answer(watched: Watched) -> Answer:
    from ftops.submission import show_job

    job = watched.job
    shown = show_job(
        job,
        account=watched.account.name,
        final_loss=watched.final_loss,
        billed_tokens=watched.billed_tokens,
        training_usd=watched.training_usd,
    )
    rows = [
        ("status", job.status),
        ("final loss", watched.final_loss),
        ("billed tokens", watched.billed_tokens),
        ("training USD", watched.training_usd),
        ("tuned model", job.fine_tuned_model or None),
    ]
    failed = f"{job.id} {job.status}: {job.error or 'Azure gives no reason'}"
    return Answer(
        command="tune watch",
        now=watched.now,
        body={"job": shown},
        tables=(Table(("what", "value"), rows, title=job.id),),
        notes=(f"next: ftops deploy {job.id} --ttl 24h" if job.succeeded else failed,),
        exit_code=0 if job.succeeded else 1,
    )
