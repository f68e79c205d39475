"""What encrypts the secrets of each environment's stack file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftops.condition import Condition, failed
from ftops.stack_file import FOLDER, list_environments
from ftops_catalog.errors import FtopsError

VAULT = "azurekeyvault"


def read_secrets(root: Path, *, on_sandbox: bool) -> tuple[Condition, ...]:
    """One condition for each stack file of a project."""
    found = (_read(name, root, on_sandbox=on_sandbox) for name in list_environments(root))
    return tuple(found)


def judge_secrets(name: str, stack: Mapping[str, Any], *, on_sandbox: bool) -> Condition:
    """A key in a vault can be taken from one person; a passphrase is everybody's for ever."""
    condition = f"secrets {name}"
    provider = stack.get("secretsprovider")
    scheme = provider.partition("://")[0] if isinstance(provider, str) else ""
    if scheme == VAULT:
        if on_sandbox:
            found = f"{provider}, which the sandbox cannot ask"
            hint = "try what you change on another stack file"
            return Condition(condition, "warn", found, hint)
        return Condition(condition, "ok", str(provider))
    found = _said(scheme, str(provider or ""), salted="encryptionsalt" in stack)
    if on_sandbox:
        return Condition(condition, "ok", f"{found}; the sandbox's passphrase serves")
    return Condition(condition, "warn", found, _change(name))


def _said(scheme: str, provider: str, *, salted: bool) -> str:
    if scheme in {"awskms", "gcpkms", "hashivault"}:
        return f"{provider}, outside of Azure"
    if scheme == "passphrase" or (salted and not scheme):
        return "a passphrase, the same for all who run it"
    if scheme:
        return f"{provider}, which is not known here"
    return "none stated: a passphrase, or the backend's own"


def _change(name: str) -> str:
    vault = f'"{VAULT}://VAULT.vault.azure.net/keys/KEY"'
    return f"pulumi stack select {name}; pulumi stack change-secrets-provider {vault}"


def _read(name: str, root: Path, *, on_sandbox: bool) -> Condition:
    from ftops_policies.yaml_file import read_yaml

    try:
        stack = read_yaml(root / FOLDER / f"Pulumi.{name}.yaml")
    except FtopsError as error:
        return failed(f"secrets {name}", error)
    if stack is not None and not isinstance(stack, dict):
        return Condition(f"secrets {name}", "UNVERIFIED", "the stack file is no mapping")
    return judge_secrets(name, stack or {}, on_sandbox=on_sandbox)
