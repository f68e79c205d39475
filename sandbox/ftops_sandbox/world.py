"""What every handler is handed: the state, the time, and the questions that planes share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ftops_sandbox.clock import Clock
from ftops_sandbox.faults import Faults
from ftops_sandbox.moment import parse_moment
from ftops_sandbox.store import Document, Event, Store

ACCOUNT = "Microsoft.CognitiveServices/accounts"
DEPLOYMENT = "Microsoft.CognitiveServices/accounts/deployments"
JOB = "fine_tuning.job"
# Where the sandbox keeps what it knows beside the body that a client sent.
NOTES = "_sandbox"

TENANT_ID = "11111111-1111-1111-1111-111111111111"
SUBSCRIPTION_ID = "22222222-2222-2222-2222-222222222222"
CLIENT_ID = "33333333-3333-3333-3333-333333333333"
CLIENT_SECRET = "sandbox"  # noqa: S105 -- published, it opens nothing but a process on loopback
OBJECT_ID = "44444444-4444-4444-4444-444444444444"

Purging = Callable[["World", str], None]
TunedModels = Callable[["World", str, str], str | None]


def base_of_finished_job(world: World, account_id: str, name: str) -> str | None:
    """The base model of a tuned model that a finished job of this account made, or None."""
    for job in world.store.list(JOB, account_id):
        if str(job.body.get("fine_tuned_model") or "").casefold() == name.casefold():
            return str(job.body.get("model"))
    return None


def keep_nothing(_world: World, _account_id: str) -> None:
    """What happens before an account is purged, unless a plane has something to keep."""


class World:
    """State, time and trouble, with the look-ups that more than one plane needs.

    `tuned_models(world, account_id, name)` answers the base model of a tuned model or of a
    deployable checkpoint that exists in an account, None when there is none; the data plane
    replaces the default, since it alone knows which jobs have finished by now. `purging(world,
    account_id)` is called before an account's data go: what they cost is still owed.
    """

    def __init__(self, store: Store, clock: Clock, faults: Faults, state: Path) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self.state = state
        self.tuned_models: TunedModels = base_of_finished_job
        self.purging: Purging = keep_nothing
        self.workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sandbox")

    def now(self) -> datetime:
        """The sandbox's moment."""
        return self.clock.now()

    def at(self, moment: datetime) -> World:
        """The same world seen from another moment, which does not pass there."""
        seen = copy.copy(self)
        seen.clock = self.clock.still(moment)
        return seen

    def twin(self) -> World:
        """The world as it is now, in memory: what happens in either no longer reaches the other."""
        seen = copy.copy(self)
        seen.store, seen.faults = self.store.copy(), Faults()
        return seen

    def account_by_name(self, name: str) -> Document | None:
        """The live account with this customSubDomainName, else with this resource name."""
        for kind in ("subdomain", "account.name"):
            pointer = self.store.get(kind, name)
            if pointer and (account := self.account(str(pointer.body["id"]))):
                return account
        return None

    def account(self, account_id: str) -> Document | None:
        """The account with this ARM id (any letter case), or None."""
        return self.store.get(ACCOUNT, account_id)

    def accounts(self) -> list[Document]:
        """Every live account."""
        return self.store.list(ACCOUNT)

    def deployments(self, account_id: str) -> list[Document]:
        """Every deployment of an account, by name."""
        return self.store.list(DEPLOYMENT, account_id)

    def deployment(self, account_id: str, name: str) -> Document | None:
        """One deployment of an account, or None."""
        return self.store.get(DEPLOYMENT, f"{account_id}/deployments/{name}")

    def provisioning_state(self, document: Document) -> str:
        """What Azure would show now; computed from when the last write settles."""
        notes = document.body.get(NOTES, {})
        settles = notes.get("settles")
        if settles and self.now() < parse_moment(settles):
            return str(notes.get("settling", "Creating"))
        return "Succeeded"

    def tuned_model(self, account_id: str, name: str) -> str | None:
        """The base model of a tuned model of this account, or None when it does not exist."""
        return self.tuned_models(self, account_id, name)

    def record(
        self, kind: str, subject: str, body: Mapping[str, Any], time: datetime | None = None
    ) -> int:
        """Appends to the one history that metrics, bills and the Activity Log are made from."""
        return self.store.append(kind, subject, body, time=time or self.now())

    def history(
        self,
        kind: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Event]:
        """Events up to now, oldest first; what is still to come is not shown."""
        # What happened this very moment has happened, even on a clock that stands still.
        seen = self.now() + timedelta(microseconds=1)
        return self.store.select(kind, subject, since, min(until, seen) if until else seen)

    def close(self) -> None:
        """Ends the background work and lets go of the file."""
        self.workers.shutdown(wait=True, cancel_futures=True)
        self.store.close()
