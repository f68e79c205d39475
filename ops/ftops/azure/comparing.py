"""Asks two deployments the held-out questions of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ftops.azure.account import find_account, open_data_plane
from ftops.azure.chat import ask
from ftops.azure.deployment import find_deployment
from ftops.azure.session import Session
from ftops.comparison import Compared, Question, parse_question
from ftops.dataset.card import digest_of
from ftops.dataset.check import check_file
from ftops.dataset.limits import Limits
from ftops.dataset.line import open_lines
from ftops.dataset.problem import Findings
from ftops.dataset.reading import Reading
from ftops.estate import Account, Deployment, parse_deployment
from ftops_catalog.errors import BadUsage, Blocked

if TYPE_CHECKING:
    from openai import OpenAI

REASONING = ("o1", "o3", "o4", "gpt-5")


@dataclass(frozen=True)
class Bout:
    """Two deployments of one account and what they are asked; `digest` is the data's sha256."""

    client: OpenAI
    account: Account
    base: Deployment
    tuned: Deployment
    questions: tuple[Question, ...]
    data: Path
    digest: str

    def asked(self) -> Iterator[Compared]:
        """Every question with both replies, as they come."""
        for question in self.questions:
            base, tuned = (
                ask(self.client, each.name, question.messages, steady=is_steady(each))
                for each in (self.base, self.tuned)
            )
            yield Compared(question, base, tuned)


def open_bout(
    session: Session, account: str | None, names: Sequence[str], data: Path, limit: int | None
) -> Bout:
    """Reads the questions and finds the deployments, before any token is paid for."""
    if names[0].casefold() == names[1].casefold():
        raise BadUsage(f"{names[0]} is compared with itself", "name a base and a tuned deployment")
    questions = read_questions(data)[:limit]
    found = find_account(session, account)
    base, tuned = (read_named(session, found, name) for name in names)
    client = open_data_plane(session, found)
    return Bout(client, found, base, tuned, tuple(questions), data, digest_of(data))


def read_questions(path: Path) -> list[Question]:
    """The questions of a held-out chat file.

    Raises Blocked for a file with problems, or without a single answer in plain text.
    """
    check = check_file(path, Limits(examples_min=1))
    if not check.ok or check.format != "chat":
        what = f"is a {check.format} file, not chat" if check.ok else f"has {check.said}"
        raise Blocked(f"{path} {what}", f"ftops data check {path}")
    with open_lines(path) as stream:
        objects = Reading(path, Findings(str(path))).objects(stream)
        found = [parse_question(line, example) for line, example in objects]
    questions = [question for question in found if question is not None]
    if not questions:
        raise Blocked(f"{path} has no answer in plain text to compare with", "use another file")
    return questions


def read_named(session: Session, account: Account, name: str) -> Deployment:
    body = find_deployment(session, f"{account.id}/deployments/{name}")
    if body is None:
        hint = "ftops deploy latest NAME --ttl 24h makes a tuned one; ftops up dev the bases"
        raise BadUsage(f"there is no deployment {name} in {account.name}", hint)
    return parse_deployment(body, account)


def is_steady(deployment: Deployment) -> bool:
    return not (deployment.base_model or "").startswith(REASONING)
