"""How a shell signs in to Azure: for ftops by Azure's own variables, for Pulumi by `ARM_*`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Way = Literal["oidc", "managed identity", "client secret", "client certificate", "az login"]

YES = frozenset({"1", "true"})
CREDENTIALS: Mapping[str, str] = {
    "EnvironmentCredential": "a client secret or certificate in the environment",
    "WorkloadIdentityCredential": "OIDC (workload identity)",
    "ManagedIdentityCredential": "managed identity",
    "AzureCliCredential": "az login",
    "AzurePowerShellCredential": "Connect-AzAccount",
    "AzureDeveloperCliCredential": "azd auth login",
    "SharedTokenCacheCredential": "a token cache of this machine",
    "VisualStudioCodeCredential": "Visual Studio Code",
}
"""The classes of the Azure SDK's default chain, in words."""


@dataclass(frozen=True)
class PulumiSignIn:
    """How Pulumi's azure-native would sign in; `lacking` names variables that are not set."""

    way: Way
    tenant_id: str = ""
    client_id: str = ""
    lacking: tuple[str, ...] = ()


def parse_pulumi_sign_in(environ: Mapping[str, str]) -> PulumiSignIn:
    """The way that azure-native takes by its variables; where none says otherwise, `az login`."""
    tenant_id, client_id = environ.get("ARM_TENANT_ID", ""), environ.get("ARM_CLIENT_ID", "")
    needed = {"ARM_TENANT_ID": tenant_id, "ARM_CLIENT_ID": client_id}
    way: Way = "az login"
    if environ.get("ARM_CLIENT_SECRET"):
        way = "client secret"
    elif environ.get("ARM_CLIENT_CERTIFICATE_PATH"):
        way = "client certificate"
    elif environ.get("ARM_USE_OIDC", "").lower() in YES:
        way = "oidc"
        needed["ACTIONS_ID_TOKEN_REQUEST_URL, ARM_OIDC_TOKEN or another source"] = (
            "found" if has_oidc_token(environ) else ""
        )
    elif environ.get("ARM_USE_MSI", "").lower() in YES:
        return PulumiSignIn("managed identity", tenant_id, client_id)
    if way == "az login":
        return PulumiSignIn(way)
    lacking = tuple(name for name, value in needed.items() if not value)
    return PulumiSignIn(way, tenant_id, client_id, lacking)


def has_oidc_token(environ: Mapping[str, str]) -> bool:
    """Whether the variables hold a token of the workload, or tell where to ask for one."""
    asked = any(
        environ.get(f"{name}_URL") and environ.get(f"{name}_TOKEN")
        for name in ("ARM_OIDC_REQUEST", "ACTIONS_ID_TOKEN_REQUEST")
    )
    return asked or bool(environ.get("ARM_OIDC_TOKEN") or environ.get("ARM_OIDC_TOKEN_FILE_PATH"))


def recognise_ways(environ: Mapping[str, str]) -> list[str]:
    """The ways to sign in that a shell shows, in the order in which the Azure SDK tries them."""
    return [words for words, present in _ways(environ).items() if present]


def _ways(environ: Mapping[str, str]) -> dict[str, bool]:
    client = bool(environ.get("AZURE_CLIENT_ID") and environ.get("AZURE_TENANT_ID"))
    machine = ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT")
    return {
        "a client secret": client and bool(environ.get("AZURE_CLIENT_SECRET")),
        "a client certificate": client and bool(environ.get("AZURE_CLIENT_CERTIFICATE_PATH")),
        "OIDC (workload identity)": client and bool(environ.get("AZURE_FEDERATED_TOKEN_FILE")),
        "OIDC (GitHub, for Pulumi and azure/login)": bool(
            environ.get("ACTIONS_ID_TOKEN_REQUEST_URL")
        ),
        "managed identity": any(environ.get(name) for name in machine),
        "az login": _has_profile(environ),
    }


def _has_profile(environ: Mapping[str, str]) -> bool:
    home = Path(environ.get("HOME") or "/")
    folder = Path(environ.get("AZURE_CONFIG_DIR") or home / ".azure")
    try:
        # The Azure CLI writes a byte order mark.
        text = (folder / "azureProfile.json").read_text(encoding="utf-8-sig")
        return bool(json.loads(text)["subscriptions"])
    except (OSError, ValueError, TypeError, KeyError):
        return False
