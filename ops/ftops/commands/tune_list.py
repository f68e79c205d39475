"""`ftops tune list`: the jobs of an account."""

from __future__ import annotations

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.training_option import home_account_option

COLUMNS = ("job", "status", "model", "training type", "created", "tokens", "tuned model")

ANSWER = (
    "account",
    "jobs[].id",
    "jobs[].status",
    "jobs[].model",
    "jobs[].method",
    "jobs[].training_type",
    "jobs[].suffix",
    "jobs[].seed",
    "jobs[].hyperparameters.*",
    "jobs[].training_file",
    "jobs[].validation_file",
    "jobs[].created_at",
    "jobs[].finished_at",
    "jobs[].estimated_finish",
    "jobs[].trained_tokens",
    "jobs[].fine_tuned_model",
    "jobs[].error",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("list")
@home_account_option
@output_option
def command(account: str | None, output: str) -> None:
    """List fine-tuning jobs, the newest first, with their state, tokens and models.

    \b
    Examples:
      ftops tune list
      ftops tune list --account ftops-dev --output json
    """
    from ftops.azure.account import find_account, open_data_plane
    from ftops.azure.job import read_jobs
    from ftops.azure.session import open_session
    from ftops.submission import show_job

    session = open_session()
    found = find_account(session, account)
    jobs = read_jobs(open_data_plane(session, found))
    rows = [
        (
            job.id,
            job.status,
            job.model,
            job.training_type,
            job.created_at,
            job.trained_tokens,
            job.fine_tuned_model or "-",
        )
        for job in jobs
    ]
    empty = f"{found.name} has no fine-tuning job; ftops tune submit FILE --model M starts one"
    body = {"account": found.name, "jobs": [show_job(job) for job in jobs]}
    emit(Answer("tune list", session.now, body, [Table(COLUMNS, rows, empty=empty)]), output)
