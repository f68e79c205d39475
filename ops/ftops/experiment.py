"""An experiment: a tuned deployment with an owner, an environment and a time to live."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ftops.answer import rfc3339
from ftops.estate import CHECKPOINT_MARK, TUNED_MARK, Deployment
from ftops.instant import parse_instant, parse_span
from ftops.job import Job
from ftops.quota import Pool
from ftops_catalog.errors import BadUsage, Blocked, Conflict
from ftops_catalog.model_id import parse_model_id
from ftops_policies.deployment import EXPIRES_AT

PROD = "prod"
MANAGED_BY = "ftops"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9]")
JOB_DIGITS = 8
STILL = timedelta(minutes=5)
"""Two ends of life this near are the same: creation takes a while to be told."""


@dataclass(frozen=True)
class Experiment:
    """What is to be deployed; `ttl` None is no end of life, which prod alone may have."""

    name: str
    model: str
    format: str
    sku: str
    capacity: int
    owner: str
    environment: str
    ttl: timedelta | None

    def expires_at(self, created: datetime) -> datetime | None:
        """Life is counted from creation, so that repeating the command does not prolong it."""
        return None if self.ttl is None else (created + self.ttl).replace(microsecond=0)

    def body(self, created: datetime) -> dict[str, Any]:
        """The deployment in ARM's JSON. A tuned model's version is always "1"."""
        end = self.expires_at(created)
        tags = {
            "owner": self.owner,
            "environment": self.environment,
            "managed-by": MANAGED_BY,
            **({EXPIRES_AT: rfc3339(end)} if end else {}),
        }
        return {
            "sku": {"name": self.sku, "capacity": self.capacity},
            "properties": {
                "model": {"format": self.format, "name": self.model, "version": "1"},
            },
            "tags": tags,
        }

    def stands(self, found: Deployment, now: datetime) -> bool:
        """Whether what exists is this experiment already.

        Raises Conflict where it serves another model or by another SKU, BadUsage where its life
        would be over.
        """
        hint = f"choose another name for yours: ftops deploy {self.model} NAME"
        if found.model.casefold() != self.model.casefold():
            raise Conflict(f"{self.name} exists and serves {found.model}", hint)
        if found.sku.casefold() != self.sku.casefold():
            raise Conflict(f"{self.name} exists as {found.sku}, not as {self.sku}", hint)
        end = self.expires_at(found.created_at or now)
        if end is not None and end <= now:
            message = f"{self.name} exists since before its time to live"
            raise BadUsage(message, "give a --ttl that is longer than its age")
        wanted = self.body(found.created_at or now)
        same = found.capacity == self.capacity
        tags = {key: value for key, value in wanted["tags"].items() if key != EXPIRES_AT}
        told = parse_instant(found.tag(EXPIRES_AT))
        lives = told == end if told is None or end is None else abs(told - end) <= STILL
        owned = all(found.tag(key) == value for key, value in tags.items())
        return same and owned and lives and found.state.casefold() == "succeeded"


def parse_ttl(text: str | None, environment: str) -> timedelta | None:
    """A time to live; BadUsage for a blank one, and where it is left out outside prod."""
    if text is None:
        if environment == PROD:
            return None
        hint = "say when it may go: --ttl 24h"
        raise BadUsage(f"a tuned deployment in {environment} needs a time to live", hint)
    return parse_span(text, "--ttl")


def parse_name(text: str | None, model: str) -> str:
    """The deployment's name: as given, or the model's suffix, or the start of its job's id."""
    if text is None:
        tuned = parse_model_id(model)
        text = (
            tuned.suffix or f"ft-{(tuned.job or model.removeprefix(CHECKPOINT_MARK))[:JOB_DIGITS]}"
        )
    if not NAME.fullmatch(text):
        hint = "use 2 to 64 of letters, digits, -, _ and ., a letter or digit at each end"
        raise BadUsage(f"{text!r} is no name for a deployment", hint)
    return text


def is_tuned(model: str) -> bool:
    """Whether an id is a tuned model's or a checkpoint's."""
    return TUNED_MARK in model.casefold() or model.casefold().startswith(CHECKPOINT_MARK)


def tuned_model(job: Job) -> str:
    """What a job made; Blocked while there is nothing to deploy."""
    if job.succeeded:
        return job.fine_tuned_model
    hint = "ftops tune list" if job.ended else f"ftops tune watch {job.id}"
    raise Blocked(f"{job.id} is {job.status} and has made no model to deploy", hint)


def check_quota(pools: Iterable[Pool], pool_name: str, capacity: int) -> str:
    """A sentence where the pool is not told; Blocked where it has too little left."""
    pool = next((pool for pool in pools if pool.name.casefold() == pool_name.casefold()), None)
    free = pool.free if pool else None
    if pool is None or free is None:
        return f"quota unverified: Azure does not tell what is free of {pool_name}"
    if free < Decimal(capacity):
        message = f"{pool_name} has {free} of {pool.limit} left, and {capacity} is asked for"
        hint = f"lower --capacity, choose another --sku, or see ftops quota --region {pool.region}"
        raise Blocked(message, hint)
    return ""


def cost_of_life(rate: Decimal | None, ttl: timedelta | None) -> Decimal | None:
    """What hosting costs until the end of life; None where rate or end are not known."""
    if rate is None or ttl is None:
        return None
    return rate * Decimal(ttl // timedelta(seconds=1)) / Decimal(3600)


def show_experiment(body: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A deployment as programs read it, from ARM's JSON."""
    properties = body.get("properties") or {}
    model = properties.get("model") or {}
    sku = body.get("sku") or {}
    tags = body.get("tags") or {}
    return {
        "name": body.get("name"),
        "id": body.get("id"),
        "model": model.get("name"),
        "sku": sku.get("name"),
        "capacity": sku.get("capacity"),
        "state": properties.get("provisioningState"),
        "owner": tags.get("owner"),
        "environment": tags.get("environment"),
        "expires_at": tags.get(EXPIRES_AT),
        **more,
    }
