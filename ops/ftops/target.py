"""Where commands would go: Azure, or a sandbox that the shell points at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ftops_catalog.errors import NotReady

Kind = Literal["sandbox", "azure"]

TO_SANDBOX = 'eval "$(ftops sandbox env)"'


@dataclass(frozen=True)
class Target:
    """What the shell points at; `sandbox_url` is the sandbox's plain http address."""

    kind: Kind
    subscription_id: str
    sandbox_url: str = ""

    @property
    def is_sandbox(self) -> bool:
        return self.kind == "sandbox"


def parse_target(environ: Mapping[str, str], *, wanted: Kind | None = None) -> Target:
    """Reads the target off the shell's variables; `wanted` asserts it.

    Raises NotReady where the shell points at neither, at half a sandbox, or at the other one.
    A sandbox's shell without its proxy is refused: its calls would reach the real cloud.
    """
    sandbox_url = environ.get("FTOPS_SANDBOX", "")
    kind: Kind = "sandbox" if sandbox_url else "azure"
    if wanted and wanted != kind:
        where = "the sandbox" if sandbox_url else "Azure"
        hint = TO_SANDBOX if wanted == "sandbox" else "unset FTOPS_SANDBOX and open a fresh shell"
        raise NotReady(f"this shell points at {where}, not at {wanted}", hint)
    if sandbox_url and not _proxied(environ):
        raise NotReady("FTOPS_SANDBOX is set but HTTPS_PROXY is not the sandbox's", TO_SANDBOX)
    subscription_id = environ.get("AZURE_SUBSCRIPTION_ID", "")
    if not subscription_id:
        raise NotReady(
            "this shell points at no subscription",
            f"for the sandbox: ftops sandbox start --detach; {TO_SANDBOX}"
            " - for Azure: az login, then export AZURE_SUBSCRIPTION_ID",
        )
    return Target(kind, subscription_id, sandbox_url)


def _proxied(environ: Mapping[str, str]) -> bool:
    both = (environ.get("HTTPS_PROXY", ""), environ.get("https_proxy", ""))
    return all(proxy.startswith("http://127.0.0.1:") for proxy in both)
