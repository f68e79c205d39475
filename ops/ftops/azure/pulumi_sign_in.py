"""Pulumi's sign-in, tried: the token that azure-native would ask for, by the same variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ftops.azure.session import MANAGEMENT, refusals
from ftops.sign_in import PulumiSignIn, parse_pulumi_sign_in
from ftops_catalog.errors import NotReady

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

AUDIENCE = "api://AzureADTokenExchange"
PAGE = "docs/team.md tells how a team signs in"


def try_pulumi_sign_in() -> PulumiSignIn:
    """Signs in as Pulumi would and tells by which way; NotReady names variables that lack."""
    found = parse_pulumi_sign_in(os.environ)
    if found.lacking:
        raise NotReady(f"{found.way} without {'; '.join(found.lacking)}", PAGE)
    with refusals(f"signing in by {found.way}, as Pulumi would"):
        _credential(found, os.environ).get_token(f"{MANAGEMENT}/.default")
    return found


def _credential(found: PulumiSignIn, environ: Mapping[str, str]) -> TokenCredential:
    from azure import identity

    match found.way:
        case "client secret":
            secret = environ["ARM_CLIENT_SECRET"]
            return identity.ClientSecretCredential(found.tenant_id, found.client_id, secret)
        case "client certificate":
            return identity.CertificateCredential(
                found.tenant_id,
                found.client_id,
                environ["ARM_CLIENT_CERTIFICATE_PATH"],
                password=environ.get("ARM_CLIENT_CERTIFICATE_PASSWORD"),
            )
        case "oidc":
            return identity.ClientAssertionCredential(
                found.tenant_id, found.client_id, lambda: _assertion(environ)
            )
        case "managed identity":
            return identity.ManagedIdentityCredential(client_id=found.client_id or None)
    return identity.AzureCliCredential(tenant_id=found.tenant_id)


def _assertion(environ: Mapping[str, str]) -> str:
    """The workload's own token: given, in a file, or asked of the workflow's service."""
    import httpx

    if token := environ.get("ARM_OIDC_TOKEN"):
        return token
    if file := environ.get("ARM_OIDC_TOKEN_FILE_PATH"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise NotReady(f"ARM_OIDC_TOKEN_FILE_PATH cannot be read: {error}", PAGE) from error
    names = ("ARM_OIDC_REQUEST", "ACTIONS_ID_TOKEN_REQUEST")
    name = next(each for each in names if environ.get(f"{each}_URL"))
    audience = {"audience": environ.get("ARM_OIDC_AUDIENCE") or AUDIENCE}
    answer = httpx.get(
        # GitHub's address has a query of its own, which `params` would replace.
        httpx.URL(environ[f"{name}_URL"]).copy_merge_params(audience),
        headers={"Authorization": f"Bearer {environ[f'{name}_TOKEN']}"},
        timeout=30,
    )
    try:
        return str(answer.raise_for_status().json()["value"])
    except (httpx.HTTPStatusError, ValueError, KeyError) as error:
        raise NotReady(f"{name}_URL gave no token: {answer.status_code}", PAGE) from error
