"""Submits a training file: checked, priced, uploaded once, and one job of one recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ftops.azure.account import find_account, open_data_plane
from ftops.azure.file import Content, await_file, find_file, read_content, upload_file
from ftops.azure.job import Moment, create_job, follow_job, read_jobs
from ftops.azure.readiness import PAUSE_SECONDS
from ftops.azure.session import Session
from ftops.dataset.check import Check, check_file
from ftops.dataset.rule import parse_rules
from ftops.estate import Account
from ftops.estimate import Estimate, Wish, estimate, limits_of
from ftops.job import Job, Recipe, find_made, parse_suffix
from ftops.ledger import Entry, Ledger
from ftops.price import PriceBook
from ftops.submission import choose_method
from ftops_catalog.catalog import Catalog, read_catalog
from ftops_catalog.errors import Blocked
from ftops_catalog.model_id import parse_model_id

if TYPE_CHECKING:
    from openai import OpenAI

"""How often the data plane is asked again: the sandbox's clock may run fast."""


@dataclass(frozen=True)
class Order:
    """What `ftops tune submit` was asked for, as typed."""

    file: Path
    model: str
    validation: Path | None
    account: str | None
    training_type: str
    method: str | None
    epochs: int | None
    batch_size: int | None
    learning_rate_multiplier: float | None
    seed: int | None
    suffix: str | None
    allow: tuple[str, ...]
    again: bool
    ledger: Path

    @property
    def hyperparameters(self) -> dict[str, float]:
        stated = {
            "n_epochs": self.epochs,
            "batch_size": self.batch_size,
            "learning_rate_multiplier": self.learning_rate_multiplier,
        }
        return {name: value for name, value in stated.items() if value is not None}


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


def submit(
    session: Session, order: Order, price: Callable[[Estimate], None], say: Callable[[str], None]
) -> Submitted:
    """Does all that is needed for the order's job to exist, and no more than once.

    `price` is handed the estimate before anything is uploaded and may raise. Raises Blocked for
    data with problems.
    """
    suffix, allowed = parse_suffix(order.suffix), parse_rules(order.allow)
    catalog = read_catalog()
    check = check_order(order, catalog, allowed)
    method = choose_method(check, order.method)
    account = find_account(session, order.account)
    wish = Wish(catalog.model(order.model), order.training_type, account.region, order.epochs)
    priced = estimate(check, wish, PriceBook(catalog))
    price(priced)
    files = [read_content(path) for path in (order.file, order.validation) if path]
    recipe = Recipe(
        model=order.model if parse_model_id(order.model).tuned else wish.model.arm_id,
        training_type=order.training_type,
        method=method,
        training=files[0].sha256,
        validation=files[1].sha256 if len(files) > 1 else "",
        suffix=suffix,
        seed=order.seed,
        hyperparameters=order.hyperparameters,
    )
    client = open_data_plane(session, account)
    ids = [find_file(client, content) for content in files]
    made = None if order.again else find_made(recipe, read_jobs(client), *_pair(ids))
    if made:
        say(f"{made.id} is the same job, {made.status}; --again starts another")
        return Submitted(made, account, priced, reused=True, session=session, now=session.now)
    ids = upload(session, client, files, ids, say)
    job = create_job(client, recipe, *_pair(ids))
    subject = f"{account.id}/jobs/{job.id}"
    ledger = Ledger(order.ledger, session.target.subscription_id)
    ledger.append(Entry("submitted", session.now, subject, job.body))
    return Submitted(job, account, priced, reused=False, session=session, now=session.now)


def check_order(order: Order, catalog: Catalog, allowed: frozenset[str]) -> Check:
    """The training file's check; Blocked where it or the held-out file has a problem."""
    limits = limits_of(catalog, catalog.model(order.model))
    check = check_file(order.file, limits, allowed=allowed, keep_prompts=True)
    checks = [check]
    if order.validation:
        checks.append(check_file(order.validation, limits, allowed=allowed, trained=check))
    for one in checks:
        if not one.ok:
            first = one.problems[0]
            place = f"line {first.line}" if first.line else "the file"
            message = f"{one.path} has {one.said}; {place}: {first.message}"
            beside = f" --validation {order.validation}" if order.validation else ""
            hint = f"ftops data check {order.file}{beside} --model {order.model}"
            raise Blocked(message, hint)
    return check


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
