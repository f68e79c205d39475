"""Where Pulumi keeps a project's state."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from ftops.condition import Condition, State
from ftops.pulumi_cli import ANSWER_SECONDS_MAX, pulumi_home
from ftops_catalog.errors import FtopsError

SERVICE = "https://api.pulumi.com"
LOGIN = 'pulumi login "azblob://state?storage_account=ACCOUNT"'

ELSEWHERE: Mapping[str, str] = {
    "file": "on this machine alone, nobody else's run knows of it",
    "https": "Pulumi's service, or one like it, keeps the state",
    "http": "a service without TLS keeps the state",
    "s3": "outside of Azure",
    "gs": "outside of Azure",
}


@dataclass(frozen=True)
class Backend:
    """A backend's URL and who says so; an empty URL is nobody yet."""

    url: str
    origin: str

    @property
    def scheme(self) -> str:
        return urlsplit(self.url).scheme


def read_backend(environ: Mapping[str, str], root: Path) -> Backend:
    """The backend that the CLI would use in a project, found in the order in which it looks."""
    if url := environ.get("PULUMI_BACKEND_URL"):
        return Backend(url, "PULUMI_BACKEND_URL")
    if url := _of_project(root):
        return Backend(url, "Pulumi.yaml")
    if environ.get("PULUMI_ACCESS_TOKEN"):
        return Backend(SERVICE, "PULUMI_ACCESS_TOKEN")
    return Backend(_of_login(environ), "pulumi login")


@dataclass(frozen=True)
class Reach:
    """What came of asking a backend: how many stacks it has, None where it did not answer."""

    stacks: int | None
    said: str = ""


def ask_backend(program: str, root: Path, environ: Mapping[str, str]) -> Reach:
    """Lists the backend's stacks through the CLI, which signs in as `pulumi up` would."""
    try:
        done = subprocess.run(
            [program, "stack", "ls", "--all", "--json", "--non-interactive"],
            cwd=root,
            env={**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS_MAX,
            check=False,
        )
        stacks = json.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired:
        return Reach(None, f"no answer in {ANSWER_SECONDS_MAX} seconds")
    except (OSError, ValueError) as error:
        return Reach(None, str(error))
    if not isinstance(stacks, list):
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return Reach(None, lines[0] if lines else "no word")
    return Reach(len(stacks))


def judge_backend(
    backend: Backend, environ: Mapping[str, str], reach: Reach | None, *, on_sandbox: bool
) -> Condition:
    """Whose state is it: the team's own storage account, this machine's, or somebody else's.

    `reach` is None where there is no CLI to ask with.
    """
    found = f"{backend.url} (by {backend.origin})"
    if not backend.url:
        state: State = "warn" if reach is None else "missing"
        return Condition("state", state, "no backend: the CLI is not logged in anywhere", LOGIN)
    if backend.scheme == "azblob":
        return _lack(backend, found, environ) or _judge_reach(found, reach, environ)
    if backend.scheme == "file" and on_sandbox:
        return Condition("state", "ok", found)
    if backend.scheme in ELSEWHERE:
        return Condition("state", "warn", f"{found}: {ELSEWHERE[backend.scheme]}", LOGIN)
    return Condition("state", "missing", f"{found} is no backend that Pulumi knows", LOGIN)


def _lack(backend: Backend, found: str, environ: Mapping[str, str]) -> Condition | None:
    """What a storage account's URL does not say."""
    parts = urlsplit(backend.url)
    if not parts.netloc:
        return Condition("state", "missing", f"{found} names no container", LOGIN)
    if not (parse_qs(parts.query).get("storage_account") or environ.get("AZURE_STORAGE_ACCOUNT")):
        return Condition("state", "missing", f"{found} names no storage account", LOGIN)
    return None


def _judge_reach(found: str, reach: Reach | None, environ: Mapping[str, str]) -> Condition:
    if reach is None:
        return Condition("state", "warn", f"{found}, not asked: there is no CLI to ask with")
    if reach.stacks is None:
        why = f"{found} did not answer: {reach.said}"
        return Condition("state", "UNVERIFIED", why, "docs/team.md has the role that it wants")
    if environ.get("AZURE_STORAGE_KEY") or environ.get("AZURE_STORAGE_SAS_TOKEN"):
        why = f"{found}, opened by a key of the whole account"
        return Condition("state", "warn", why, "unset AZURE_STORAGE_KEY AZURE_STORAGE_SAS_TOKEN")
    return Condition("state", "ok", f"{found}, stacks: {reach.stacks}")


def _of_project(root: Path) -> str:
    from ftops_policies.yaml_file import read_yaml

    if not (root / "Pulumi.yaml").is_file():
        return ""
    try:
        project = read_yaml(root / "Pulumi.yaml")
    except FtopsError:
        # Pulumi says what is wrong with its own file, better than we could.
        return ""
    backend = project.get("backend") if isinstance(project, dict) else None
    url = backend.get("url") if isinstance(backend, dict) else None
    return url if isinstance(url, str) else ""


def _of_login(environ: Mapping[str, str]) -> str:
    try:
        text = (pulumi_home(environ) / "credentials.json").read_text(encoding="utf-8")
        current = json.loads(text)["current"]
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    return current if isinstance(current, str) else ""
