"""The local Azure as a process: where it runs, how it is started, what points a shell at it."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

from ftops_catalog.errors import BadUsage, FtopsError, NotReady

TENANT_ID = "11111111-1111-1111-1111-111111111111"
SUBSCRIPTION_ID = "22222222-2222-2222-2222-222222222222"
CLIENT_ID = "33333333-3333-3333-3333-333333333333"
PUBLISHED_SECRET = "sandbox"  # noqa: S105 - it opens a process on loopback and nothing else
LOCAL = "localhost,127.0.0.1"
DEFAULT_STATE = Path(".ftops/sandbox")
_PLUGIN = "pulumi-resource-azure-native"
_SETTLE_SECONDS_MAX = 10

Child = subprocess.Popen[str]


@dataclass(frozen=True)
class Running:
    """A sandbox that answers; `sandbox start` prints exactly these fields."""

    pid: int
    http: str
    https: str
    proxy: str
    ca: str
    state: str

    def line(self) -> str:
        """One JSON object on one line."""
        return json.dumps(asdict(self))


def read_running(state: Path) -> Running | None:
    """The sandbox that runs on a state folder, or None; a file left by a crash is none."""
    try:
        text = (state / "sandbox.json").read_text(encoding="utf-8")
        return Running(**json.loads(text)) if _is_held(state) else None
    except (OSError, ValueError, TypeError):
        return None


def require_running(state: Path) -> Running:
    """The sandbox that runs on a state folder; NotReady with what to type when none does."""
    running = read_running(state)
    if running is None:
        raise NotReady(f"no sandbox runs on {state}", start_hint(state))
    return running


def start_hint(state: Path) -> str:
    """The command that starts a sandbox on this folder."""
    where = "" if state == DEFAULT_STATE else f" --state {shlex.quote(str(state))}"
    return f"ftops sandbox start{where} --detach"


def start(
    state: Path, options: list[str], *, detach: bool
) -> tuple[Running, subprocess.Popen[str]]:
    """Starts the sandbox as a child and returns once it answers.

    A foreground child is the caller's to wait for. `options` are the server's own. Raises what
    `refusal` makes of the child's trouble.
    """
    prepare(state)
    with (state / "sandbox.log").open("a", encoding="utf-8") as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "ftops_sandbox", "--state", str(state), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log if detach else None,
            text=True,
            start_new_session=detach,
        )
    assert child.stdout is not None, "asked for a pipe"
    if not detach:
        _forward_signals(child)
    try:
        return _ready(child.stdout, state), child
    except BaseException:
        child.terminate()
        child.wait()
        raise
    finally:
        child.stdout.close()


def wait_until_gone(state: Path) -> bool:
    """Whether the sandbox let go of its folder within ten seconds."""
    for _ in range(_SETTLE_SECONDS_MAX * 50):
        if not _is_held(state):
            return True
        time.sleep(0.02)
    return False


def forget(state: Path) -> None:
    """Removes the state of a sandbox that does not run, its clock included."""
    for path in (*state.glob("sandbox.db*"), state / "sandbox.json"):
        path.unlink(missing_ok=True)


def prepare(state: Path) -> None:
    """Makes the folders that `sandbox env` points at, and the plugin's launcher."""
    try:
        for name in ("bin", "pulumi", "azure"):
            (state / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        (state / ".gitignore").write_text("*\n", encoding="utf-8")
        launcher = state / "bin" / _PLUGIN
        # The engine prefers a plugin on PATH to any installed one: it must lie nowhere else.
        command = f'exec {shlex.quote(sys.executable)} -m ftops.engine.plugin "$@"'
        launcher.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
        launcher.chmod(0o755)
    except OSError as error:
        raise NotReady(
            f"{state} cannot hold a sandbox: {error.strerror}", "choose another --state"
        ) from error


def refusal(error: Mapping[str, Any], state: Path) -> FtopsError:
    """The child's own error line as an error that says what to type next."""
    code, message = str(error.get("code")), str(error.get("message"))
    message = message[:1].lower() + message[1:].rstrip(".")
    if code == "PortInUse":
        return NotReady(message, f"{start_hint(state)} --port 0 picks a free one")
    if code == "ClockIsSet":
        where = f" --state {shlex.quote(str(state))}"
        return NotReady(message, f"ftops sandbox reset{where} --yes, then start it again")
    if code in ("NotLoopback", "BadAddress"):
        return BadUsage(message, "leave --listen out, or say --listen 0.0.0.0 --expose")
    if code == "StateUnusable":
        return NotReady(message, "make room there, or choose another --state")
    if code in ("BadStart", "BadSpeed"):
        return BadUsage(message, "--at -30d, --at 2026-11-01T00:00:00Z, --speed 60")
    return NotReady(message, start_hint(state))


def variables(running: Running, path: str) -> dict[str, str]:
    """What a shell must export for every client to reach the sandbox by Azure's own names."""
    state = Path(running.state)
    identity = {"SUBSCRIPTION_ID": SUBSCRIPTION_ID, "TENANT_ID": TENANT_ID, "CLIENT_ID": CLIENT_ID}
    identity["CLIENT_SECRET"] = PUBLISHED_SECRET
    bins = str(state / "bin")
    rest = [part for part in path.split(os.pathsep) if part and part != bins]
    return {
        "FTOPS_SANDBOX": running.http,
        "FTOPS_LEDGER": str(state / "ledger.jsonl"),
        "HTTPS_PROXY": running.proxy,
        "https_proxy": running.proxy,
        "NO_PROXY": LOCAL,
        "no_proxy": LOCAL,
        **_trust(running),
        **{f"AZURE_{name}": value for name, value in identity.items()},
        **{f"ARM_{name}": value for name, value in identity.items()},
        "AZURE_CONFIG_DIR": str(state / "azure"),
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
        "PULUMI_BACKEND_URL": f"file://{state / 'pulumi'}",
        "PULUMI_CONFIG_PASSPHRASE": PUBLISHED_SECRET,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": os.pathsep.join([bins, *rest]),
    }


def endpoints(running: Running) -> dict[str, str]:
    """The explicit addresses instead, for clients that take an endpoint; no proxy.

    The tenant `adfs` is what makes Python's sign-in skip instance discovery, which has no
    variable of its own there; Go's and the Azure CLI's have one.
    """
    tls = "https://localhost:" + running.https.rpartition(":")[2]
    return {
        "FTOPS_SANDBOX": running.http,
        "NO_PROXY": LOCAL,
        "no_proxy": LOCAL,
        **_trust(running),
        "AZURE_AUTHORITY_HOST": tls,
        "AZURE_TENANT_ID": "adfs",
        "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION_ID,
        "AZURE_CLIENT_ID": CLIENT_ID,
        "AZURE_CLIENT_SECRET": PUBLISHED_SECRET,
        "AZURE_CORE_INSTANCE_DISCOVERY": "false",
        "ARM_METADATA_HOSTNAME": tls.removeprefix("https://"),
        "ARM_DISABLE_INSTANCE_DISCOVERY": "true",
        "ARM_SUBSCRIPTION_ID": SUBSCRIPTION_ID,
        "ARM_TENANT_ID": TENANT_ID,
        "ARM_CLIENT_ID": CLIENT_ID,
        "ARM_CLIENT_SECRET": PUBLISHED_SECRET,
        "ARM_CLOUD_METADATA_URL": f"{tls}/metadata/endpoints?api-version=2019-05-01",
        "AZURE_RESOURCE_MANAGER_URL": tls,
        "AZURE_MONITOR_METRICS_URL": tls,
        "AZURE_RETAIL_PRICES_URL": f"{running.http}/api/retail/prices",
        "AZURE_OPENAI_ACCOUNTS_URL": f"{running.http}/_acct/",
    }


def exports(values: Mapping[str, str]) -> str:
    """Lines that a POSIX shell evaluates, every value quoted where it must be."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())


def _forward_signals(child: Child) -> None:
    """From the child's first moment on, Ctrl-C and SIGTERM end it cleanly and leave no orphan."""

    def forward(_number: int, _frame: FrameType | None) -> None:
        child.terminate()

    signal.signal(signal.SIGTERM, forward)
    signal.signal(signal.SIGINT, forward)


def _trust(running: Running) -> dict[str, str]:
    names = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
    return dict.fromkeys(names, running.ca)


def _is_held(state: Path) -> bool:
    """Whether a process holds the folder's lock; the kernel lets go of it whatever happens."""
    try:
        with (state / "sandbox.lock").open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _ready(lines: IO[str], state: Path) -> Running:
    line = lines.readline()
    try:
        told = json.loads(line)
    except ValueError:
        raise NotReady(
            "the sandbox ended before it answered", f"read {state / 'sandbox.log'}"
        ) from None
    if "error" not in told:
        return Running(**told)
    if told["error"].get("code") == "AlreadyRunning" and (there := _await_other(state)):
        return there
    raise refusal(told["error"], state)


def _await_other(state: Path) -> Running | None:
    """Somebody else is starting one on the same folder at this moment."""
    for _ in range(_SETTLE_SECONDS_MAX * 20):
        if running := read_running(state):
            return running
        time.sleep(0.05)
    return None
