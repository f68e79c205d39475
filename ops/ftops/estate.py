"""The estate: what exists in a subscription, as Azure Resource Manager tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ftops.instant import parse_instant
from ftops_catalog.model_id import parse_model_id

TUNED_MARK = ".ft-"
CHECKPOINT_MARK = "ftchkpt-"
ENDED_STATES = frozenset({"succeeded", "failed", "canceled", "disabled"})


@dataclass(frozen=True)
class Account:
    """An account of kind OpenAI or AIServices; `endpoint` is its data plane, "" if not told."""

    id: str
    name: str
    resource_group: str
    region: str
    kind: str = ""
    endpoint: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """ARM ids ignore letter case, so this is what ids are compared by."""
        return self.id.casefold()


@dataclass(frozen=True)
class Deployment:
    """One deployment of an account; `body` is ARM's own JSON, kept whole for a restore.

    `state` is the provisioning state, `running` the deployment state (Running, Paused, or ""
    where the api-version does not tell); `created_at` is None where Azure does not say.
    """

    id: str
    name: str
    account: Account
    model: str
    version: str = ""
    sku: str = ""
    capacity: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    etag: str = ""
    state: str = ""
    running: str = ""
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        return self.id.casefold()

    @property
    def tuned(self) -> bool:
        """A tuned model's id carries `.ft-`, a checkpoint's begins with `ftchkpt-`."""
        model = self.model.casefold()
        return TUNED_MARK in model or model.startswith(CHECKPOINT_MARK)

    @property
    def base_model(self) -> str | None:
        """The model that tuning started from; None for a checkpoint, whose id does not say."""
        return root_model(self.model)

    @property
    def environment(self) -> str | None:
        """The environment it says it belongs to, by its own tag or else its account's."""
        return self.tag("environment") or tag(self.account.tags, "environment")

    def tag(self, name: str) -> str | None:
        return tag(self.tags, name)


@dataclass(frozen=True)
class Unreadable:
    """Something that Azure did not show: it is named, never left out in silence."""

    name: str
    reason: str


@dataclass(frozen=True)
class Scope:
    """What of the subscription is meant; None means all of it."""

    account: str | None = None
    resource_group: str | None = None
    environment: str | None = None

    def holds(self, account: Account) -> bool:
        return all(
            wanted is None or wanted.casefold() == found.casefold()
            for wanted, found in (
                (self.account, account.name),
                (self.resource_group, account.resource_group),
            )
        )

    def holds_deployment(self, deployment: Deployment) -> bool:
        """Whether it is meant; an environment is matched against the deployment's own."""
        environment = (deployment.environment or "").casefold()
        wanted = self.environment
        return self.holds(deployment.account) and wanted in (None, environment)


@dataclass(frozen=True)
class Estate:
    """Accounts with all their deployments; an account in `unreadable` shows none of its own."""

    accounts: tuple[Account, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


def tag(tags: Mapping[str, str], name: str) -> str | None:
    """A tag's value; Azure's tag names ignore letter case."""
    return next((value for key, value in tags.items() if key.casefold() == name.casefold()), None)


def root_model(model: str) -> str | None:
    """The model that all tuning started from; None for a checkpoint, whose id does not say."""
    if model.casefold().startswith(CHECKPOINT_MARK):
        return None
    root = parse_model_id(model).root
    head, mark, _ = root.partition(TUNED_MARK)
    return head if mark else root


def parse_account(body: Mapping[str, Any]) -> Account:
    """An account from ARM's JSON; what is absent stays empty."""
    identity = text_at(body, "id")
    return Account(
        id=identity,
        name=text_at(body, "name") or segment_after(identity, "accounts"),
        resource_group=segment_after(identity, "resourceGroups"),
        region=text_at(body, "location").replace(" ", "").casefold(),
        kind=text_at(body, "kind"),
        endpoint=text_at(body, "properties", "endpoint"),
        tags=tags_of(body),
    )


def parse_deployment(body: Mapping[str, Any], account: Account) -> Deployment:
    """A deployment from ARM's JSON, whatever it holds: what is absent stays unknown."""
    name = text_at(body, "name")
    capacity = value_at(body, "sku", "capacity")
    return Deployment(
        id=text_at(body, "id") or f"{account.id}/deployments/{name}",
        name=name,
        account=account,
        model=text_at(body, "properties", "model", "name"),
        version=text_at(body, "properties", "model", "version"),
        sku=text_at(body, "sku", "name"),
        capacity=capacity if type(capacity) is int else None,
        tags=tags_of(body),
        created_at=parse_instant(value_at(body, "systemData", "createdAt")),
        etag=text_at(body, "etag"),
        state=text_at(body, "properties", "provisioningState"),
        running=text_at(body, "properties", "deploymentState"),
        body=body,
    )


def account_of(identity: str) -> Account:
    """What an ARM id alone tells of its account; the region is not in it."""
    head, mark, _ = identity.partition("/deployments/")
    account_id = head if mark else identity
    return Account(
        id=account_id,
        name=segment_after(account_id, "accounts"),
        resource_group=segment_after(account_id, "resourceGroups"),
        region="",
    )


def segment_after(identity: str, word: str) -> str:
    """The segment that follows `word` in an ARM id, "" where there is none."""
    segments = identity.split("/")
    lower = [segment.casefold() for segment in segments]
    place = lower.index(word.casefold()) + 1 if word.casefold() in lower else len(segments)
    return segments[place] if place < len(segments) else ""


def value_at(body: object, *path: str) -> Any:
    """The value under a path of keys; None where any of them is missing."""
    for key in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body


def text_at(body: object, *path: str) -> str:
    """The text under a path of keys; "" where it is missing or no text."""
    value = value_at(body, *path)
    return value if isinstance(value, str) else ""


def tags_of(body: Mapping[str, Any]) -> dict[str, str]:
    tags = value_at(body, "tags")
    return {str(key): str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}
