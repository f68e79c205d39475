"""Submits a training file: checked, priced, judged, uploaded once, and one job of one recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ftops.azure.account import find_account, open_data_plane
from ftops.azure.file import Content, await_file, find_file, read_content, upload_file
from ftops.azure.job import Moment, create_job, follow_job, read_jobs
from ftops.azure.readiness import PAUSE_SECONDS
from ftops.azure.session import Session
from ftops.dataset.check import Check
from ftops.estate import Account, tag
from ftops.estimate import Estimate
from ftops.job import Job, Recipe, find_made
from ftops.job_request import (
    JobRequest,
    check_request,
    judge_subjects,
    price_request,
    subjects_of,
)
from ftops.ledger import Entry, Ledger
from ftops.submission import choose_method
from ftops_catalog.catalog import read_catalog
from ftops_catalog.errors import Blocked, Conflict
from ftops_catalog.model_id import parse_model_id
from ftops_policies import Finding, Settings
from ftops_policies.rule import TRAINING_FILE

if TYPE_CHECKING:
    from openai import OpenAI

"""How often the data plane is asked again: the sandbox's clock may run fast."""


@dataclass(frozen=True)
class Order:
    """A job that is asked for, of which account, and whether it is to be made once more."""

    request: JobRequest
    account: str | None
    again: bool
    ledger: Path


@dataclass(frozen=True)
class Proposal:
    """A job before anything is uploaded for it: priced, and judged by the rules.

    `request` is what was asked for, with the account's environment and region; `digests` are
    the sha256 of the files that were judged.
    """

    session: Session
    order: Order
    request: JobRequest
    account: Account
    estimate: Estimate
    method: str
    findings: tuple[Finding, ...]
    digests: tuple[str, ...]

    @property
    def blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)


@dataclass(frozen=True)
class Submitted:
    """The job of an order; `reused` tells that it was there before."""

    job: Job
    account: Account
    estimate: Estimate
    reused: bool
    session: Session
    now: datetime

    def follow(self) -> Iterator[Moment]:
        """The job until it has ended."""
        client = open_data_plane(self.session, self.account)
        return follow_job(client, self.job.id, PAUSE_SECONDS[self.session.target.kind])

    def followed(self, moment: Moment) -> Submitted:
        return replace(self, job=moment.job, now=moment.now)


def propose(session: Session, order: Order, settings: Settings, root: Path) -> Proposal:
    """Reads what the order means and what speaks against it; writes nothing.

    Raises Blocked for data with problems, Conflict where the account is another environment's.
    """
    catalog = read_catalog()
    checks = check_request(order.request, catalog)
    require_good(checks, order.request)
    method = choose_method(checks[0], order.request.method)
    account = find_account(session, order.account)
    request = of_account(replace(order.request, method=method), account)
    priced = price_request(request, checks[0], catalog)
    subjects = subjects_of(request, checks, priced, root)
    name = request.environment
    here = settings.environment(name) if name else settings.defaults
    findings = judge_subjects(subjects, here, session.now)
    digests = tuple(each.body["sha256"] for each in subjects if each.is_a(TRAINING_FILE))
    return Proposal(session, order, request, account, priced, method, tuple(findings), digests)


def submit(proposal: Proposal, say: Callable[[str], None]) -> Submitted:
    """Does all that is needed for the proposed job to exist, and no more than once.

    Raises Conflict where a file is another one by now than was judged.
    """
    session, order, account = proposal.session, proposal.order, proposal.account
    files = [read_content(path) for path in proposal.request.paths]
    for content, judged in zip(files, proposal.digests, strict=True):
        if content.sha256 != judged:
            raise Conflict(f"{content.path} has just been changed", "run the same command again")
    recipe = recipe_of(proposal, files)
    client = open_data_plane(session, account)
    ids = [find_file(client, content) for content in files]
    made = None if order.again else find_made(recipe, read_jobs(client), *_pair(ids))
    if made:
        say(f"{made.id} is the same job, {made.status}; --again starts another")
        return Submitted(
            made, account, proposal.estimate, reused=True, session=session, now=session.now
        )
    ids = upload(session, client, files, ids, say)
    job = create_job(client, recipe, *_pair(ids))
    subject = f"{account.id}/jobs/{job.id}"
    ledger = Ledger(order.ledger, session.target.subscription_id)
    ledger.append(Entry("submitted", session.now, subject, job.body))
    return Submitted(
        job, account, proposal.estimate, reused=False, session=session, now=session.now
    )


def recipe_of(proposal: Proposal, files: Sequence[Content]) -> Recipe:
    request = proposal.request
    tuned = parse_model_id(request.model).tuned
    return Recipe(
        model=request.model if tuned else proposal.estimate.wish.model.arm_id,
        training_type=request.training_type,
        method=proposal.method,
        training=files[0].sha256,
        validation=files[1].sha256 if len(files) > 1 else "",
        suffix=request.suffix,
        seed=request.seed,
        hyperparameters=request.hyperparameters,
    )


def of_account(request: JobRequest, account: Account) -> JobRequest:
    """The request in the account's environment, which its tag says, and in its region.

    Raises Conflict where the request was written, and perhaps reviewed, for another one.
    """
    environment = tag(account.tags, "environment") or ""
    for asked, found in ((request.environment, environment), (request.region, account.region)):
        if asked and found and asked.casefold() != found.casefold():
            hint = f"name another account (--account), or mend {request.file or 'the job'}"
            raise Conflict(f"the job is for {asked}, and {account.name} is of {found}", hint)
    return replace(request, environment=environment or request.environment, region=account.region)


def require_good(checks: Sequence[Check], request: JobRequest) -> None:
    """Blocked where the training file or the held-out file has a problem."""
    for one in checks:
        if not one.ok:
            first = one.problems[0]
            place = f"line {first.line}" if first.line else "the file"
            message = f"{one.path} has {one.said}; {place}: {first.message}"
            beside = f" --validation {request.validation}" if request.validation else ""
            hint = f"ftops data check {request.training}{beside} --model {request.model}"
            raise Blocked(message, hint)


def upload(
    session: Session,
    client: OpenAI,
    files: list[Content],
    ids: list[str],
    say: Callable[[str], None],
) -> list[str]:
    """Uploads what is not there yet, and waits until all of it is processed."""
    ready = []
    for content, known in zip(files, ids, strict=True):
        file_id = known or upload_file(client, content)
        say(f"{content.path.name}: {file_id}" + (" (uploaded before)" if known else ""))
        ready.append(file_id)
    for file_id in ready:
        await_file(client, file_id, PAUSE_SECONDS[session.target.kind])
    return ready


def _pair(ids: list[str]) -> tuple[str, str]:
    return ids[0], ids[1] if len(ids) > 1 else ""
