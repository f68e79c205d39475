"""The Pulumi CLI and its azure-native plugin, as this machine has them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ftops.condition import Condition

INSTALL = "https://www.pulumi.com/docs/install/"
OLDEST = (3, 260)
"""The oldest CLI that the tests ran with."""
PLUGIN = "azure-native"
ANSWER_SECONDS_MAX = 20


def read_version(program: str) -> str | None:
    """What `pulumi version` answers, None where it does not."""
    try:
        done = subprocess.run(
            [program, "version"],
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS_MAX,
            check=False,
        )
    except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def judge_cli(program: str | None, version: str | None) -> Condition:
    """The CLI is needed for Azure alone; the sandbox does without."""
    if program is None:
        return Condition(
            "pulumi",
            "warn",
            "not on PATH; `ftops up` still works against the sandbox, without a state file",
            f"for Azure, install the Pulumi CLI: {INSTALL}",
        )
    numbers = re.match(r"v?(\d+)\.(\d+)\.", version or "")
    if version is None or numbers is None:
        return Condition("pulumi", "UNVERIFIED", f"{program} tells no version", f"try {program}")
    found = f"{version} at {program}"
    if tuple(map(int, numbers.groups())) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Condition("pulumi", "warn", f"{found}, older than {oldest}", f"update it: {INSTALL}")
    return Condition("pulumi", "ok", found)


def list_plugins(environ: Mapping[str, str]) -> list[str]:
    """The versions of azure-native that the CLI has installed, sorted as text."""
    folder = pulumi_home(environ) / "plugins"
    prefix = f"resource-{PLUGIN}-v"
    found = (path for path in folder.glob(f"{prefix}*") if path.is_dir())
    return sorted(path.name.removeprefix(prefix) for path in found)


def pulumi_home(environ: Mapping[str, str]) -> Path:
    """Where the CLI keeps its plugins and its sign-in."""
    return Path(environ.get("PULUMI_HOME") or Path(environ.get("HOME") or "/") / ".pulumi")


def judge_plugin(
    stand_in: str | None, installed: list[str], wanted: str | None, *, on_sandbox: bool
) -> Condition:
    """Azure is for the real plugin, the sandbox for its stand-in; PATH decides between them.

    `stand_in` is where a plugin lies on PATH, `wanted` the version of the installed SDK.
    """
    if on_sandbox:
        if stand_in:
            return Condition("plugin", "ok", f"the stand-in at {stand_in}")
        hint = 'eval "$(ftops sandbox env)"'
        return Condition("plugin", "missing", "the sandbox's stand-in is not on PATH", hint)
    if stand_in:
        hint = "open a fresh shell, without the variables of the sandbox"
        return Condition("plugin", "missing", f"{stand_in} on PATH hides the real one", hint)
    if wanted is None:
        return Condition("plugin", "UNVERIFIED", f"installed: {', '.join(installed) or 'none'}")
    if wanted in installed:
        return Condition("plugin", "ok", f"{PLUGIN} {wanted}")
    others = f"; installed: {', '.join(installed)}" if installed else ""
    return Condition(
        "plugin",
        "warn",
        f"{PLUGIN} {wanted} is not installed{others}; the first `pulumi up` downloads it",
        f"pulumi plugin install resource {PLUGIN} {wanted}",
    )
