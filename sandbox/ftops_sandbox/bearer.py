"""Tokens of the sandbox's own making: minted for any audience, checked where they are used."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from starlette.requests import Request

from ftops_sandbox.errors import ArmError
from ftops_sandbox.store import Store
from ftops_sandbox.world import CLIENT_ID, OBJECT_ID, TENANT_ID, World

LIFETIME_S = 3599
ARM_AUDIENCES = ("https://management.azure.com", "https://management.core.windows.net")
METRICS_AUDIENCES = ("https://metrics.monitor.azure.com", *ARM_AUDIENCES)
DATA_AUDIENCES = ("https://cognitiveservices.azure.com", "https://ai.azure.com", *ARM_AUDIENCES)
_KIND = "sandbox.secret"
_CHALLENGE = (
    'Bearer authorization_uri="https://login.microsoftonline.com/{tenant}", error="{error}"'
)


@dataclass(frozen=True)
class Caller:
    """Who asks: the token's claims, and what the Activity Log calls them."""

    claims: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.claims.get("oid", OBJECT_ID))


def mint(
    store: Store, audience: str, client_id: str = CLIENT_ID, object_id: str = OBJECT_ID
) -> str:
    """A signed JWT for an audience; it expires by wall time, as its readers count."""
    issued = int(time.time())
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{TENANT_ID}/",
        "iat": issued,
        "nbf": issued,
        "exp": issued + LIFETIME_S,
        "appid": client_id,
        "idtyp": "app",
        "oid": object_id,
        "sub": object_id,
        "tid": TENANT_ID,
        "uti": uuid.uuid4().hex,
        "ver": "1.0",
    }
    head = _encode(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    signed = f"{head}.{_encode(json.dumps(claims).encode())}"
    return f"{signed}.{_encode(_sign(store, signed))}"


def read_token(request: Request) -> str:
    """The bearer token of a request, or an empty text."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def parse_token(store: Store, token: str) -> dict[str, Any] | None:
    """A token's claims when this sandbox signed it, else None; says nothing of its expiry."""
    signed, _, signature = token.rpartition(".")
    try:
        genuine = hmac.compare_digest(_decode(signature), _sign(store, signed))
        claims = json.loads(_decode(signed.split(".")[1])) if genuine else None
    except (binascii.Error, IndexError, ValueError):
        return None
    return claims if isinstance(claims, dict) else None


def is_for(claims: dict[str, Any], audiences: Iterable[str]) -> bool:
    """Whether a token was made for one of these audiences; a slash at the end is the same."""
    return str(claims.get("aud", "")).rstrip("/").casefold() in audiences


def is_expired(claims: dict[str, Any]) -> bool:
    """Whether its wall time has passed."""
    return float(claims.get("exp", 0)) <= time.time()


def require_bearer(request: Request, audiences: Iterable[str] = ARM_AUDIENCES) -> Caller:
    """Who asks, or Resource Manager's 401 in its words."""
    world: World = request.app.state.world
    token = read_token(request)
    if not token:
        raise _refusal(
            "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
        )
    claims = parse_token(world.store, token)
    if claims is None:
        raise _refusal("InvalidAuthenticationToken", "The access token is invalid.")
    if not is_for(claims, audiences):
        wanted = ",".join(f"{audience}/" for audience in audiences)
        raise _refusal(
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for wrong audience or resource "
            f"'{claims.get('aud')}'. It should exactly match with one of the allowed audiences "
            f"'{wanted}'.",
        )
    if is_expired(claims):
        expiry = datetime.fromtimestamp(float(claims.get("exp", 0)), UTC)
        raise _refusal(
            "ExpiredAuthenticationToken",
            f"The access token expiry UTC time '{expiry:%m/%d/%Y %I:%M:%S %p}' is earlier than "
            f"current UTC time '{datetime.now(UTC):%m/%d/%Y %I:%M:%S %p}'.",
        )
    return Caller(claims)


def _refusal(code: str, message: str) -> ArmError:
    challenge = _CHALLENGE.format(tenant=TENANT_ID, error="invalid_token")
    challenge += f', error_description="{message}"'
    return ArmError(401, code, message, headers={"WWW-Authenticate": challenge})


def _sign(store: Store, text: str) -> bytes:
    return hmac.digest(_secret(store), text.encode(), hashlib.sha256)


@cache
def _secret(store: Store) -> bytes:
    kept = store.get(_KIND, "token")
    if kept is None:
        body = {"hex": secrets.token_hex(32)}
        kept = store.put(_KIND, "token", body, created=datetime.now(UTC))
    return bytes.fromhex(kept.body["hex"])


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
