"""Nouns for the tests of ops: an account, a deployment of it, and the moment they are judged at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ftops.estate import Account, Deployment

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
TUNED = "gpt-4.1-mini-2025-04-14.ft-3c27f78ad2c141719573c550300bb791-sarcasm"

MakeDeployment = Callable[..., Deployment]


@pytest.fixture(scope="session")
def now() -> datetime:
    """A moment that is no whole hour."""
    return datetime(2026, 11, 21, 8, 20, tzinfo=UTC)


@pytest.fixture(scope="session")
def account() -> Account:
    identity = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-dev/providers"
        "/Microsoft.CognitiveServices/accounts/acct-dev"
    )
    return Account(identity, "acct-dev", "rg-dev", "swedencentral", "OpenAI")


@pytest.fixture(scope="session")
def make(account: Account, now: datetime) -> MakeDeployment:
    """Makes a settled tuned deployment, three days old; `make("name", sku=...)` changes it."""

    def build(name: str = "tuned", **changes: Any) -> Deployment:
        return replace(
            Deployment(
                id=f"{account.id}/deployments/{name}",
                name=name,
                account=account,
                model=TUNED,
                version="1",
                sku="Standard",
                capacity=1,
                created_at=now - timedelta(days=3),
                state="Succeeded",
            ),
            **changes,
        )

    return build
