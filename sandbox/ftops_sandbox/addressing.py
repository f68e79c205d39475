"""Data-plane addressing: from a host name or `/_acct/NAME/` to an account, and its locks."""

from __future__ import annotations

import hmac
from urllib.parse import unquote

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ftops_sandbox.bearer import DATA_AUDIENCES, is_expired, is_for, parse_token, read_token
from ftops_sandbox.data_action import require_data_action
from ftops_sandbox.errors import OpenAIError, render_error
from ftops_sandbox.host import account_name
from ftops_sandbox.reach import require_reach
from ftops_sandbox.store import Document
from ftops_sandbox.world import NOTES, World

_PREFIX = "/_acct/"


class Addressing:
    """Puts the account into `request.state.account` and leaves a path that starts with /openai.

    `request.state.caller` is "key" or the token's object id. Anything else passes untouched.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address(scope) if scope["type"] == "http" else None
        if address is None:
            await self._elsewhere(scope, receive, send)
            return
        name, path = address
        world: World = scope["app"].state.world
        request = Request(scope)
        try:
            account = _find(world, name, path)
            require_reach(world, account, request)
            caller = _admit(world, account, request)
        except OpenAIError as error:
            await (await render_error(request, error))(scope, receive, send)
            return
        state = {**scope.get("state", {}), "account": account, "caller": caller}
        path = "/openai/" + path[len("/openai/") :]
        await self._app({**scope, "path": path, "state": state}, receive, send)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any other plane; the data plane's own paths mean nothing without an account."""
        if scope["type"] == "http" and scope["path"].casefold().startswith("/openai"):
            nowhere = OpenAIError(404, "404", "Resource not found")
            await (await render_error(Request(scope), nowhere))(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _address(scope: Scope) -> tuple[str, str] | None:
    path: str = scope["path"]
    if path.casefold().startswith(_PREFIX):
        name, _, rest = path[len(_PREFIX) :].partition("/")
        return unquote(name), "/" + rest
    host = next((value for key, value in scope["headers"] if key == b"host"), b"")
    name_of_host = account_name(host.decode("latin-1"))
    return (name_of_host, path) if name_of_host else None


def _find(world: World, name: str, path: str) -> Document:
    account = world.account_by_name(name)
    if account is None or not path.casefold().startswith("/openai/"):
        raise OpenAIError(404, "404", "Resource not found")
    return account


def _admit(world: World, account: Document, request: Request) -> str:
    token = read_token(request)
    key = request.headers.get("api-key") or request.headers.get("ocp-apim-subscription-key") or ""
    claims = parse_token(world.store, token) if token else None
    if claims is not None and not key:
        if not is_for(claims, DATA_AUDIENCES) or is_expired(claims):
            raise _no_token()
        require_data_action(world, account, request, str(claims.get("oid")))
        return str(claims.get("oid"))
    # The v1 surface takes a key where OpenAI's own client puts it: as a bearer.
    key = key or token
    if not key:
        raise _no_key()
    if account.body.get("properties", {}).get("disableLocalAuth"):
        if token and token.count(".") == 2:  # noqa: PLR2004 -- a JWT has three parts
            raise _no_token()
        raise OpenAIError(
            403,
            "AuthenticationTypeDisabled",
            "Key based authentication is disabled for this resource.",
        )
    if not any(hmac.compare_digest(key.encode(), kept.encode()) for kept in keys(account)):
        raise _no_key()
    return "key"


def keys(account: Document) -> tuple[str, str]:
    """An account's two keys."""
    kept = account.body[NOTES]["keys"]
    return kept["key1"], kept["key2"]


def _no_key() -> OpenAIError:
    return OpenAIError(
        401,
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to "
        "provide a valid key for an active subscription and use a correct regional API endpoint "
        "for your resource.",
    )


def _no_token() -> OpenAIError:
    return OpenAIError(
        401,
        "Unauthorized",
        "Unauthorized. Access token is missing, invalid, audience is incorrect "
        "(https://cognitiveservices.azure.com), or have expired.",
    )
