"""Which tuned model is meant, and in which account it was trained."""

from __future__ import annotations

from dataclasses import dataclass

from ftops.azure.account import find_account, open_data_plane
from ftops.azure.deployment import find_deployment
from ftops.azure.job import find_job
from ftops.azure.session import Session
from ftops.estate import Account, parse_deployment, text_at
from ftops.experiment import is_tuned, tuned_model
from ftops.job import JOB_ID, LATEST
from ftops_catalog.errors import BadUsage


@dataclass(frozen=True)
class Tuned:
    """A tuned model, the id of the account that has it, and what it is called there, if it is."""

    model: str
    account_id: str
    name: str | None = None


def find_tuned(session: Session, account_name: str | None, what: str) -> Tuned:
    """The tuned model of an id, of a job's id, of the `latest` job, or of a deployment's name.

    Raises BadUsage where nothing in the account is called so, or where it serves a base model.
    """
    account = find_account(session, account_name)
    if JOB_ID.fullmatch(what) or what.casefold() == LATEST:
        return Tuned(tuned_model(find_job(open_data_plane(session, account), what)), account.id)
    if is_tuned(what):
        return Tuned(what, account.id)
    return _deployed(session, account, what)


def _deployed(session: Session, account: Account, name: str) -> Tuned:
    """What a deployment serves; a copy of another account's model is that account's."""
    body = find_deployment(session, f"{account.id}/deployments/{name}")
    if body is None:
        hint = "name a tuned model, a job, or a deployment of its account: ftops tune list"
        raise BadUsage(f"{account.name} has no deployment {name!r}", hint)
    found = parse_deployment(body, account)
    if not found.tuned:
        hint = "base models are written into the stack file by hand"
        raise BadUsage(f"{name} serves the base model {found.model}", hint)
    home = text_at(body, "properties", "model", "source") or account.id
    return Tuned(found.model, home, found.name)
