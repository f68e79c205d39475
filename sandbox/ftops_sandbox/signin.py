"""Sign-in as Entra ID does it: discovery, the token endpoint, and managed identity."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.bearer import LIFETIME_S, mint
from ftops_sandbox.host import is_azure
from ftops_sandbox.identity import client_id, find_identity, object_id
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.world import CLIENT_ID, CLIENT_SECRET, OBJECT_ID, TENANT_ID, World

_DEFAULT_SCOPE = "/.default"
# A second client, with the same published secret and no role until it is given one.
_CLIENTS = {
    CLIENT_ID: OBJECT_ID,
    "66666666-6666-6666-6666-666666666666": "77777777-7777-7777-7777-777777777777",
}
_NOBODY = (
    "The sandbox signs in no people, with a code or without: use a client and its secret, as "
    "`ftops sandbox env` sets them."
)


async def show_configuration(request: Request) -> Response:
    """The tenant's OpenID document; Go's client refuses one without `issuer`."""
    tenant = request.path_params["tenant"]
    base = f"{base_url(request)}/{tenant}"
    version = "" if tenant.casefold() == "adfs" else "/v2.0"
    return JSONResponse(
        {
            "token_endpoint": f"{base}/oauth2{version}/token",
            "authorization_endpoint": f"{base}/oauth2{version}/authorize",
            "device_authorization_endpoint": f"{base}/oauth2{version}/devicecode",
            "jwks_uri": f"{base}/discovery{version}/keys",
            "issuer": f"{base}{version}",
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        }
    )


async def show_instance(request: Request) -> Response:
    """Instance discovery: Go's and Azure CLI's clients ask it before they trust an authority."""
    wanted = request.query_params.get("authorization_endpoint", "")
    tenant = wanted.split("/")[3] if wanted.count("/") > 2 else TENANT_ID  # noqa: PLR2004 -- scheme://host/tenant
    authority = base_url(request)
    host = authority.partition("://")[2]
    aliases = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com"]
    path = f"{authority}/{tenant}/v2.0/.well-known/openid-configuration"
    metadata = {
        "preferred_network": host,
        "preferred_cache": "login.windows.net" if is_azure(host) else host,
        "aliases": [*aliases, "sts.windows.net"] if is_azure(host) else [host],
    }
    return JSONResponse(
        {"tenant_discovery_endpoint": path, "api-version": "1.1", "metadata": [metadata]}
    )


async def issue_token(request: Request) -> Response:
    """Client credentials for any scope; the one client has a published secret."""
    body = (await request.body()).decode("utf-8", "replace")
    form = {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}
    grant = form.get("grant_type", "")
    if grant != "client_credentials":
        return _refusal(
            400,
            "unsupported_grant_type",
            f"AADSTS70003: The app requested an unsupported grant type '{grant}'. {_NOBODY}",
            70003,
        )
    world: World = request.app.state.world
    client, secret = form.get("client_id", ""), form.get("client_secret", "")
    principal = _principal(world, client, federated="client_assertion" in form)
    if principal is None:
        return _refusal(
            400,
            "unauthorized_client",
            f"AADSTS700016: Application with identifier '{client}' was not found in the "
            "directory 'ftops sandbox'.",
            700016,
        )
    if secret != CLIENT_SECRET and "client_assertion" not in form:
        return _refusal(
            401,
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the "
            "request is the client secret value, not the client secret ID, for a secret added to "
            f"app '{client}'.",
            7000215,
        )
    audience = form.get("resource") or form.get("scope", "").split(" ")[0]
    answer = {
        "token_type": "Bearer",
        "expires_in": LIFETIME_S,
        "ext_expires_in": LIFETIME_S,
        "access_token": mint(world.store, _audience(audience), client, principal),
    }
    return JSONResponse(answer, headers={"cache-control": "no-store"})


async def issue_identity_token(request: Request) -> Response:
    """The managed identity endpoint of a virtual machine; it asks for `Metadata: true`."""
    if request.headers.get("metadata", "").casefold() != "true":
        text = "Required metadata header not specified"
        return JSONResponse({"error": "invalid_request", "error_description": text}, 400)
    resource = request.query_params.get("resource", "")
    if not resource:
        text = "Required audience parameter not specified"
        return JSONResponse({"error": "invalid_request", "error_description": text}, 400)
    world: World = request.app.state.world
    found = _identity(world, request.query_params)
    if found is None:
        answer = {"error": "invalid_request", "error_description": "Identity not found"}
        return JSONResponse(answer, 400)
    client, principal = found
    now = int(time.time())
    return JSONResponse(
        {
            "access_token": mint(world.store, _audience(resource), client, principal),
            "client_id": client,
            "expires_in": str(LIFETIME_S),
            "expires_on": str(now + LIFETIME_S),
            "ext_expires_in": str(LIFETIME_S),
            "not_before": str(now),
            "resource": resource,
            "token_type": "Bearer",
        }
    )


async def refuse_device(_request: Request) -> Response:
    """There is nobody who could type a code."""
    return _refusal(400, "unauthorized_client", f"AADSTS700016: {_NOBODY}", 700016)


async def show_keys(_request: Request) -> Response:
    """No public keys: the sandbox's tokens are signed with a secret of its own."""
    return JSONResponse({"keys": []})


def base_url(request: Request) -> str:
    """Scheme and host as the client wrote them, for every absolute URL in an answer."""
    host = request.headers.get("host") or "localhost"
    return f"{request.url.scheme}://{host}"


def _principal(world: World, client: str, *, federated: bool) -> str | None:
    """A client's object id; user-assigned identities sign in here by federation alone."""
    if client.casefold() in _CLIENTS:
        return _CLIENTS[client.casefold()]
    found = find_identity(world, client) if federated else None
    return object_id(found.key) if found else None


def _identity(world: World, query: Mapping[str, str]) -> tuple[str, str] | None:
    """Client and object id of the identity asked for; of the one client's where none is."""
    names = ("client_id", "object_id", "principal_id", "mi_res_id", "msi_res_id")
    wanted = next((query[name] for name in names if query.get(name)), CLIENT_ID)
    if wanted.casefold() in (CLIENT_ID, OBJECT_ID):
        return CLIENT_ID, OBJECT_ID
    found = find_identity(world, wanted)
    return (client_id(found.key), object_id(found.key)) if found else None


def _audience(scope: str) -> str:
    return scope.removesuffix(_DEFAULT_SCOPE).rstrip("/") if "://" in scope else scope


def _refusal(status: int, error: str, description: str, number: int) -> Response:
    trace = str(uuid.uuid4())
    stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
    tail = f" Trace ID: {trace} Correlation ID: {trace} Timestamp: {stamp}"
    body = {
        "error": error,
        "error_description": description + tail,
        "error_codes": [number],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": trace,
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }
    return JSONResponse(body, status)


routes = [
    AzureRoute("/common/discovery/instance", show_instance),
    AzureRoute("/metadata/identity/oauth2/token", issue_identity_token),
    AzureRoute("/{tenant}/v2.0/.well-known/openid-configuration", show_configuration),
    AzureRoute("/{tenant}/.well-known/openid-configuration", show_configuration),
    AzureRoute("/{tenant}/oauth2/v2.0/token", issue_token, ["POST"]),
    AzureRoute("/{tenant}/oauth2/token", issue_token, ["POST"]),
    AzureRoute("/{tenant}/oauth2/v2.0/devicecode", refuse_device, ["POST"]),
    AzureRoute("/{tenant}/oauth2/devicecode", refuse_device, ["GET", "POST"]),
    AzureRoute("/{tenant}/discovery/v2.0/keys", show_keys),
    AzureRoute("/{tenant}/discovery/keys", show_keys),
]
