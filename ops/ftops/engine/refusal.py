"""What Pulumi said when it stopped, as one error that a person can act on; pure."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence

from ftops_catalog.errors import Blocked, CloudRefused, Conflict, FtopsError

_ERROR = re.compile(r"\s*error: (?!update failed|preview failed|an unhandled error)(.+)")
_HOLDER = re.compile(r"created by (\S+)@(\S+) \(pid (\d+)\)(?: at (\S+))?")


def refusal(lines: Sequence[str], name: str) -> FtopsError:
    """The sentence of a run of the stack `name` that failed, out of what Pulumi said."""
    text = "\n".join(lines)
    if "[mandatory]" in text:
        rules = sorted(set(re.findall(r"\[mandatory\]\s+(\S+)", text)))
        hint = f"ftops policy check {name}"
        return Blocked(f"the policy pack says no: {', '.join(rules)}", hint)
    errors = [found.group(1) for line in lines if (found := _ERROR.match(line))]
    sentence = (errors or [line.strip() for line in lines if line.strip()] or ["no word"])[0]
    if "already existing resource" in sentence:
        return Conflict(
            f"pulumi: {sentence}; it was made without the Pulumi CLI, so no state knows it",
            "empty the sandbox (ftops sandbox reset), or pulumi import it",
        )
    if "violates plan" in sentence:
        return Conflict(f"pulumi: {sentence}", f"ftops preview {name} --save-plan FILE")
    hinted = re.search(r"^\s*Hint: (.+)$", text, re.MULTILINE)
    code = re.search(r"\(([A-Z][A-Za-z]+)\)$", sentence)
    return CloudRefused(
        f"pulumi: {sentence}",
        hinted.group(1) if hinted else "mend the cause and run the same command again",
        azure_code=code.group(1) if code else "",
    )


def held(lines: Sequence[str]) -> Conflict:
    """Another run holds the stack: whose, where Pulumi names it."""
    found = _HOLDER.search("\n".join(lines))
    if not found:
        return Conflict("another run holds this stack", "wait for it, or: pulumi cancel")
    user, host, pid, since = found.groups()
    when = f" since {since}" if since else ""
    return Conflict(
        f"another run holds this stack: {user} on {host}, process {pid}{when}",
        "wait for it; if it is no more: pulumi cancel",
    )


def is_left_over(lines: Sequence[str]) -> bool:
    """Whether the lock that Pulumi names is of a process of this machine that is no more."""
    found = _HOLDER.search("\n".join(lines))
    if not found or found.group(2) != platform.node():
        return False
    try:
        os.kill(int(found.group(3)), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
