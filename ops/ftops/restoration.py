"""Restorations: what the ledger kept of a deleted deployment, as a body that Azure takes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ftops.answer import rfc3339
from ftops.estate import account_of, text_at
from ftops.ledger import Entry, Pages
from ftops_catalog.errors import BadUsage

READ_ONLY = frozenset(
    {
        "provisioningState",
        "deploymentState",
        "capabilities",
        "rateLimits",
        "ratelimits",
        "callRateLimit",
        "currentCapacity",
    }
)
LISTED_MAX = 8


@dataclass(frozen=True)
class Restoration:
    """The deployment to make again: its ARM id, and the body to send."""

    deployment_id: str
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.deployment_id.rpartition("/")[2]

    @property
    def account(self) -> str:
        return account_of(self.deployment_id).name

    @property
    def model(self) -> str:
        return text_at(self.body, "properties", "model", "name")


def find_kept(pages: Pages, name: str, account: str | None) -> Entry:
    """The last body that the ledger kept of a deployment, by its name.

    Whoever deleted it, what ftops deployed or deleted itself can be brought back. Raises BadUsage
    where the ledger kept none, or several on different accounts.
    """
    kept = {
        entry.key: entry
        for entry in pages.entries
        if entry.body and _is_called(entry, name, account)
    }
    if len(kept) > 1:
        accounts = ", ".join(sorted(account_of(entry.subject).name for entry in kept.values()))
        raise BadUsage(
            f"{name} was on several accounts: {accounts}", f"ftops restore {name} --account NAME"
        )
    if not kept:
        raise BadUsage(f"the ledger kept no deployment {name}", _known(pages))
    return next(iter(kept.values()))


def _is_called(entry: Entry, name: str, account: str | None) -> bool:
    wanted = account or account_of(entry.subject).name
    return (
        "/deployments/" in entry.key
        and entry.subject.rpartition("/")[2].casefold() == name.casefold()
        and wanted.casefold() == account_of(entry.subject).name.casefold()
    )


def parse_restoration(entry: Entry, expires_at: datetime) -> Restoration:
    """What to send: the kept body without what only Azure writes, with a new time to live."""
    properties = dict(entry.body.get("properties") or {})
    tags = {
        key: value
        for key, value in (entry.body.get("tags") or {}).items()
        if key.casefold() != "expires-at"
    }
    return Restoration(
        entry.subject,
        {
            "sku": entry.body.get("sku"),
            "tags": {**tags, "expires-at": rfc3339(expires_at.replace(microsecond=0))},
            "properties": {key: value for key, value in properties.items() if key not in READ_ONLY},
        },
    )


def _known(pages: Pages) -> str:
    names = sorted(
        entry.subject.rpartition("/")[2]
        for entry in pages.latest().values()
        if entry.kind == "deleted"
    )
    if not names:
        return "the ledger has no deletions; --ledger PATH names another one"
    return f"it knows {', '.join(names[:LISTED_MAX])}"
