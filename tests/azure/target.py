"""What a client test is run against: a sandbox, or Azure itself when `make test-azure` says so."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

import httpx
from tests.conftest import Sandbox

from ftops import sandbox as shell

T = TypeVar("T")
TAG: Final = "ftops-test-run"
"""Every group that a run makes carries it, with the run's name; no other group is ever deleted."""

SCOPE: Final = "https://management.azure.com/.default"
VERSION: Final = "2025-06-01"
WAIT_S_MAX: Final = 900.0
PAUSE_S_MAX: Final = 15.0


@dataclass(frozen=True)
class Target:
    """One Azure or one sandbox; clients reach either by the environment and Azure's own names."""

    subscription_id: str
    location: str
    run: str
    """The name of the group that all is made in, and the value of TAG."""

    wait: Callable[[float], None] = field(repr=False)
    """Lets seconds pass: slept through on Azure, skipped on a sandbox."""

    sandbox: Sandbox | None = None

    @property
    def subscription(self) -> str:
        return f"/subscriptions/{self.subscription_id}"

    @property
    def group(self) -> str:
        return f"{self.subscription}/resourceGroups/{self.run}"

    @property
    def tags(self) -> dict[str, str]:
        """What a test puts on a group of its own, for the teardown to know it by."""
        return {TAG: self.run}

    @contextmanager
    def arm(self) -> Iterator[httpx.Client]:
        """A plain client of Resource Manager, signed in; adds the api-version where none is."""
        if self.sandbox is not None:
            with self.sandbox.arm() as client:
                yield client
            return
        with _signed_in() as client:
            yield client

    def until(self, asked: Callable[[], T | None], within_s: float = WAIT_S_MAX) -> T:
        """Asks again and again until there is an answer. Raises AssertionError after `within_s`."""
        waited, pause = 0.0, 0.5
        while (found := asked()) is None:
            assert waited < within_s, f"nothing after {waited:.0f} s"
            self.wait(pause)
            waited, pause = waited + pause, min(pause * 2, PAUSE_S_MAX)
        return found

    def settle(self, arm: httpx.Client, path: str) -> None:
        """Waits until a resource is no longer on its way."""

        def state() -> str | None:
            found = arm.get(path).json().get("properties", {}).get("provisioningState", "Failed")
            return found if found in {"Succeeded", "Failed", "Canceled"} else None

        assert self.until(state) == "Succeeded", f"{path} failed"


def azure() -> Target | None:
    """Azure, inside a run of `make test-azure`; None in every other test run."""
    run = os.environ.get("FTOPS_TEST_RUN", "")
    if os.environ.get("FTOPS_TEST_TARGET") != "azure" or not run:
        return None
    place = os.environ.get("FTOPS_TEST_LOCATION", "swedencentral")
    return Target(os.environ["FTOPS_TEST_SUBSCRIPTION"], place, run, time.sleep)


def played_by(sandbox: Sandbox, run: str = "rg-target", location: str = "swedencentral") -> Target:
    """A sandbox as a target; waiting advances its clock."""

    def wait(seconds: float) -> None:
        sandbox.advance(seconds=seconds)

    return Target(shell.SUBSCRIPTION_ID, location, run, wait, sandbox)


@contextmanager
def _signed_in() -> Iterator[httpx.Client]:
    """Resource Manager by the environment alone: its credential, its proxy, its roots."""
    from azure.identity import DefaultAzureCredential

    with DefaultAzureCredential() as credential:

        def complete(request: httpx.Request) -> None:
            request.headers["authorization"] = f"Bearer {credential.get_token(SCOPE).token}"
            if "api-version" not in request.url.params:
                request.url = request.url.copy_add_param("api-version", VERSION)

        with httpx.Client(
            base_url="https://management.azure.com",
            event_hooks={"request": [complete]},
            verify=ssl.create_default_context(),
            timeout=60,
        ) as client:
            yield client
