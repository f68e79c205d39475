"""The sandbox as a process of its own, and clients that reach it by Azure's own names."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import settings

from ftops import sandbox as shell

Json = dict[str, Any]
SCOPE = "https://management.azure.com/.default"
START_SECONDS_MAX = 120


# Speed is a benchmark's business: on a busy machine a deadline fails what is right.
settings.register_profile("ftops", deadline=None)
settings.load_profile("ftops")


def pytest_configure() -> None:
    """A job that was started in the background ignores Ctrl-C, and so would all that it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: its addresses, the variables of a shell that points at it, its door."""

    running: shell.Running
    process: subprocess.Popen[str] = field(repr=False)
    plain: httpx.Client = field(repr=False)

    @property
    def http(self) -> str:
        return self.running.http

    @property
    def env(self) -> dict[str, str]:
        """What `ftops sandbox env` exports."""
        return shell.variables(self.running, os.environ.get("PATH", ""))

    @property
    def endpoints(self) -> dict[str, str]:
        """What `ftops sandbox env --endpoints` exports."""
        return shell.endpoints(self.running)

    def ask(self, method: str, door: str, body: Json | None = None) -> Json:
        """One request to the sandbox's own door."""
        answer = self.plain.request(method, f"/_sandbox/{door}", json=body)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    def now(self) -> datetime:
        return datetime.fromisoformat(self.ask("GET", "status")["now"])

    def advance(self, **span: float) -> datetime:
        """Moves the clock forward: `advance(hours=48)`."""
        seconds = timedelta(**span).total_seconds()
        body = {"advance_seconds": seconds}
        return datetime.fromisoformat(self.ask("POST", "clock", body)["now"])

    def refuse(self, match: str, status: int | None = None, **more: Any) -> None:
        """Orders a fault: `refuse("PUT .*/deployments/", 429, times=2, retry_after_ms=10)`."""
        self.ask("POST", "faults", {"match": match, "status": status, **more})

    def heal(self) -> None:
        """Ends every fault."""
        self.ask("DELETE", "faults")

    def token(self, scope: str = SCOPE) -> str:
        """A token as the token endpoint gives it."""
        answer = self.plain.post(
            f"/{shell.TENANT_ID}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": shell.CLIENT_ID,
                "client_secret": shell.PUBLISHED_SECRET,
                "scope": scope,
            },
        )
        found: str = answer.json()["access_token"]
        return found

    @contextmanager
    def arm(self, api_version: str | None = "2025-06-01") -> Iterator[httpx.Client]:
        """A plain client of Resource Manager, signed in, through the proxy.

        Adds the api-version where a URL has none.
        """

        def complete(request: httpx.Request) -> None:
            if api_version and "api-version" not in request.url.params:
                request.url = request.url.copy_add_param("api-version", api_version)

        with httpx.Client(
            base_url="https://management.azure.com",
            headers={"authorization": f"Bearer {self.token()}"},
            event_hooks={"request": [complete]},
            proxy=self.running.proxy,
            verify=ssl.create_default_context(cafile=self.running.ca),
            trust_env=False,
            timeout=60,
        ) as client:
            yield client


def start_sandbox(state: Path, *options: str) -> Sandbox:
    """Starts one on a folder and waits for its line; the caller stops it."""
    shell.prepare(state)
    command = [sys.executable, "-m", "ftops_sandbox", "--state", str(state), *options]
    with (state / "sandbox.log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
    assert process.stdout is not None
    # A start that never speaks is ended, and its log told, rather than waited for.
    bound = threading.Timer(START_SECONDS_MAX, process.kill)
    bound.start()
    with process.stdout as lines:
        line = lines.readline()
    bound.cancel()
    assert line.startswith("{"), (state / "sandbox.log").read_text(encoding="utf-8")
    running = shell.Running(**json.loads(line))
    plain = httpx.Client(base_url=running.http, trust_env=False, timeout=60)
    return Sandbox(running, process, plain)


def stop_sandbox(sandbox: Sandbox) -> None:
    """Ends it as Ctrl-C would, and waits."""
    sandbox.plain.close()
    sandbox.process.terminate()
    try:
        sandbox.process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        sandbox.process.kill()
        raise


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One for all tests of a process: take names of your own, and leave its speed alone."""
    started = start_sandbox(tmp_path_factory.mktemp("azure") / "sandbox")
    yield started
    stop_sandbox(started)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One for the tests of a module that count, advance far or break things."""
    started = start_sandbox(tmp_path_factory.mktemp("alone") / "sandbox")
    yield started
    stop_sandbox(started)


@pytest.fixture
def shell_env(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The session's sandbox, with this process's environment pointing at it as a shell's would."""
    for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_"))]:
        monkeypatch.delenv(name)
    for name, value in sandbox.env.items():
        monkeypatch.setenv(name, value)
    return sandbox


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Names that no other test has: `unique("acct")`."""
    return lambda stem: f"{stem}-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def wall() -> datetime:
    """The moment a test begins, by this machine's clock."""
    return datetime.now(UTC)
