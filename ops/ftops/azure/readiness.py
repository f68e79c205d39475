"""Readiness: ARM's Succeeded is not yet an answer, so a deployment is asked until it gives one."""

from __future__ import annotations

from ftops.azure.account import open_data_plane
from ftops.azure.chat import await_answer
from ftops.azure.session import Session
from ftops.estate import Account

PAUSE_SECONDS = {"sandbox": 0.5, "azure": 10.0}
ANSWER_SECONDS_MAX = 900.0


def await_ready(session: Session, account: Account, deployment: str) -> None:
    """Returns once the deployment's data plane answers; raises NotReady where it does not."""
    with open_data_plane(session, account) as client:
        await_answer(
            client,
            deployment,
            pause_seconds=PAUSE_SECONDS[session.target.kind],
            wait_seconds_max=ANSWER_SECONDS_MAX,
        )
