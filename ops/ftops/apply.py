"""Applying a plan: the only code that deletes, one deployment at a time, journaled before it acts.

Every deployment is read again just before it is deleted, and left alone where it has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from ftops.estate import Deployment, account_of, parse_deployment, value_at
from ftops.ledger import Entry, Ledger
from ftops.outcome import Outcome, outcome_of
from ftops.plan import DELETE, Item, Plan, require_bounded
from ftops.usage import Usage
from ftops.verdict import Thresholds, judge_one
from ftops_catalog.errors import CloudRefused, NotReady

Errors = (CloudRefused, NotReady)


class Cloud(Protocol):
    """What applying asks of Azure; every call may raise CloudRefused or NotReady."""

    def now(self) -> datetime:
        """Azure's own clock at this moment."""
        ...

    def find(self, deployment_id: str) -> Mapping[str, Any] | None:
        """ARM's JSON of a deployment; None where it does not exist."""
        ...

    def usage(self, deployment: Deployment, usage: Usage | None) -> Usage:
        """The calls of one deployment up to this moment, over a window as before."""
        ...

    def delete(self, deployment_id: str) -> None:
        """Deletes it and returns once it is gone."""
        ...


@dataclass(frozen=True)
class Applier:
    """What applying needs: Azure, the ledger, and the thresholds that the plan was judged by."""

    cloud: Cloud
    ledger: Ledger
    thresholds: Thresholds
    declared: frozenset[str] = frozenset()

    def apply(self, plan: Plan, usage: Mapping[str, Usage]) -> tuple[Outcome, ...]:
        """Carries the plan out; one outcome per item, in order.

        `usage` is what the plan was judged by. Raises Blocked where the plan is beyond its
        limit and Conflict where another one is being applied; both before anything is touched.
        A refusal by Azure is the outcome of its item, and the others go on.
        """
        require_bounded(plan)
        with self.ledger.held():
            settled = self.settle(self.cloud.now())
            done = [self._remove(item, usage) for item in plan.items]
        return (*settled, *done)

    def settle(self, now: datetime) -> tuple[Outcome, ...]:
        """Closes what a crash left open: intents in the ledger without an outcome."""
        latest = self.ledger.read().latest().values()
        open_intents = [entry for entry in latest if entry.kind == "deleting"]
        return tuple(filter(None, (self._settle_one(intent, now) for intent in open_intents)))

    def _settle_one(self, intent: Entry, now: datetime) -> Outcome | None:
        """What exists still is judged anew like anything else; what is gone was our deletion."""
        try:
            found = self.cloud.find(intent.subject)
        except Errors:
            return None
        if found is not None and created(found) == created(intent.body):
            reason = "an earlier run stopped before it deleted this"
            self.ledger.append(Entry("kept", now, intent.subject, reason=reason))
            return None
        reason = "an earlier run deleted it and stopped before it could say so"
        self.ledger.append(Entry("deleted", now, intent.subject, intent.body, reason))
        name = intent.subject.rpartition("/")[2]
        account = account_of(intent.subject).name
        return Outcome(name, account, DELETE, "deleted", f"{reason[0].upper()}{reason[1:]}.")

    def _remove(self, item: Item, usage: Mapping[str, Usage]) -> Outcome:
        deployment = item.verdict.deployment
        try:
            now = self.cloud.now()
            found = self.cloud.find(deployment.id)
            if found is None:
                return outcome_of(item, "already-gone", "It was gone before it could be deleted.")
            reason = self._objection(deployment, found, usage.get(deployment.key), now)
        except Errors as error:
            return outcome_of(item, "failed", f"It was not deleted: {error.message}.")
        if reason:
            return outcome_of(item, "skipped", reason)
        return self._delete(item, Entry("deleting", now, deployment.id, found, item.verdict.reason))

    def _objection(
        self, judged: Deployment, found: Mapping[str, Any], usage: Usage | None, now: datetime
    ) -> str:
        """Why it must not be deleted after all, "" where nothing has changed."""
        if not same_thing(found, judged.body):
            return "It was changed after it had been judged; judge it again."
        again = parse_deployment(found, judged.account)
        fresh = self.cloud.usage(again, usage)
        verdict = judge_one(again, fresh, self.thresholds(again.environment), now, self.declared)
        if verdict.deletes:
            return ""
        return f"Judged again just before, it is {verdict.verdict}: {verdict.reason}"

    def _delete(self, item: Item, intent: Entry) -> Outcome:
        self.ledger.append(intent)
        try:
            self.cloud.delete(intent.subject)
        except Errors as error:
            return self._after_refusal(item, intent, error)
        self.ledger.append(replace(intent, kind="deleted"))
        return outcome_of(item, "deleted", item.verdict.reason)

    def _after_refusal(self, item: Item, intent: Entry, error: CloudRefused | NotReady) -> Outcome:
        """A refused or lost answer may hide a deletion that happened: ask once more."""
        try:
            gone = self.cloud.find(intent.subject) is None
        except Errors:
            # The intent stays open in the ledger; the next run settles it.
            return outcome_of(item, "failed", f"{error.message}; whether it is gone is not known.")
        if gone:
            self.ledger.append(replace(intent, kind="deleted"))
            return outcome_of(item, "deleted", item.verdict.reason)
        self.ledger.append(replace(intent, kind="failed", body={}, reason=error.message))
        return outcome_of(item, "failed", f"{error.message}.")


def same_thing(found: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether two answers on one id speak of the same unchanged deployment.

    The etag says so where Azure gives one; where it does not, everything but the state must be
    equal.
    """
    if found.get("etag") and before.get("etag"):
        return bool(found["etag"] == before["etag"])
    return _standing(found) == _standing(before)


def created(body: Mapping[str, Any]) -> object:
    """When it was made, as Azure wrote it: a deployment made again has another instant."""
    return value_at(body, "systemData", "createdAt")


def _standing(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: body.get(key) for key in ("sku", "tags", "properties")} | {"at": created(body)}
