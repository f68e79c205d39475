"""One deployment over Azure Resource Manager: found, made, deleted, waiting where told to."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ftops.azure.body import Body, get_body
from ftops.azure.session import Session, refusals
from ftops.azure.usage import read_usage, window_of
from ftops.estate import Deployment, Estate, account_of
from ftops.usage import Usage, Window
from ftops_catalog.errors import CloudRefused

CONFLICT = 409
CONFLICT_TRIES_MAX = 6
WAIT_SECONDS_MAX = 60
POLL_SECONDS = 5
"""How often an answer without its own waiting time is asked again."""


@dataclass(frozen=True)
class ArmCloud:
    """Azure as applying a plan asks for it (see `ftops.apply.Cloud`)."""

    session: Session

    def now(self) -> datetime:
        """Azure's clock at this moment, not as of the start of the command."""
        return Session(self.session.target).now

    def find(self, deployment_id: str) -> Body | None:
        return find_deployment(self.session, deployment_id)

    def usage(self, deployment: Deployment, usage: Usage | None) -> Usage:
        now = self.now()
        before = usage.window if usage else None
        window = Window(before.since, now, before.grain) if before else window_of(now - now, now)
        return read_usage(self.session, Estate(deployments=(deployment,)), window)[deployment.key]

    def delete(self, deployment_id: str) -> None:
        delete_deployment(self.session, deployment_id)


def find_deployment(session: Session, deployment_id: str) -> Body | None:
    """ARM's JSON of a deployment; None where it does not exist."""
    from azure.core.exceptions import ResourceNotFoundError

    with refusals(f"reading the deployment {_name(deployment_id)}"):
        try:
            body = get_body(session.cognitive.deployments.get, *_names(deployment_id))
        except ResourceNotFoundError:
            return None
    if not isinstance(body, dict):
        # Not knowing is not the same as being told that it does not exist.
        raise CloudRefused(f"Azure's answer on {_name(deployment_id)} is not its JSON")
    return body


def delete_deployment(session: Session, deployment_id: str) -> None:
    """Deletes a deployment and waits until it is gone; one that is gone already is no error."""
    from azure.core.exceptions import ResourceNotFoundError

    def delete() -> None:
        poller = session.cognitive.deployments.begin_delete(
            *_names(deployment_id), polling_interval=POLL_SECONDS
        )
        poller.result()

    with refusals(f"deleting the deployment {_name(deployment_id)}"):
        try:
            _patiently(delete)
        except ResourceNotFoundError:
            return


def create_deployment(session: Session, deployment_id: str, body: Mapping[str, Any]) -> Body:
    """Makes a deployment from ARM's JSON and waits until it is; returns it as ARM shows it."""

    def create() -> None:
        poller = session.cognitive.deployments.begin_create_or_update(
            *_names(deployment_id),
            io.BytesIO(json.dumps(body).encode()),
            polling_interval=POLL_SECONDS,
        )
        poller.result()

    with refusals(f"making the deployment {_name(deployment_id)}"):
        _patiently(create)
    return find_deployment(session, deployment_id) or dict(body)


def _patiently(act: Callable[[], None]) -> None:
    """Acts, again and again while Azure answers 409: it writes one deployment at a time.

    The SDK itself waits on 429 and on 5xx as told, but not on 409.
    """
    from azure.core.exceptions import HttpResponseError
    from tenacity import Retrying, retry_if_exception, stop_after_attempt

    def busy(error: BaseException) -> bool:
        return isinstance(error, HttpResponseError) and error.status_code == CONFLICT

    def wait(state: Any) -> float:
        return _told_seconds(state.outcome.exception(), state.attempt_number)

    patience = Retrying(
        retry=retry_if_exception(busy),
        stop=stop_after_attempt(CONFLICT_TRIES_MAX),
        wait=wait,
        reraise=True,
    )
    patience(act)


def _told_seconds(error: object, attempt: int) -> float:
    """How long Azure says to wait; where it says nothing, twice as long each time."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    for name, scale in (
        ("retry-after-ms", 1000),
        ("x-ms-retry-after-ms", 1000),
        ("retry-after", 1),
    ):
        text = str(headers.get(name, ""))
        if text.isdigit():
            return float(min(int(text) / scale, WAIT_SECONDS_MAX))
    return float(min(2 ** (attempt - 1), WAIT_SECONDS_MAX))


def _names(deployment_id: str) -> tuple[str, str, str]:
    account = account_of(deployment_id)
    return account.resource_group, account.name, _name(deployment_id)


def _name(deployment_id: str) -> str:
    return deployment_id.rpartition("/")[2]
