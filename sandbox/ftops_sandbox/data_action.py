"""Which data action a request of the data plane needs; Azure's 401 without it."""

from __future__ import annotations

from starlette.requests import Request

from ftops_sandbox.access import may
from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.store import Document
from ftops_sandbox.world import World

_OPENAI = "Microsoft.CognitiveServices/accounts/OpenAI"
_INFERENCE = ("chat/completions", "completions", "embeddings")
_VERBS = {"GET": "read", "HEAD": "read", "DELETE": "delete"}


def require_data_action(world: World, account: Document, request: Request, principal: str) -> None:
    """A key needs none of this: who has it may do everything."""
    path = request.url.path
    path = path[path.casefold().find("/openai/") :]
    action = data_action(request.method, path)
    if not may(world, principal, action, account.key, data=True):
        raise OpenAIError(
            401,
            "PermissionDenied",
            f"The principal `{principal}` lacks the required data action `{action}` to perform "
            f"`{request.method} {path}` operation.",
        )


def data_action(method: str, path: str) -> str:
    """`path` starts with /openai/, dated or v1."""
    parts = [part for part in path.casefold().split("/") if part][1:]
    parts = parts[1:] if parts[:1] == ["v1"] else parts
    if parts[:1] == ["deployments"]:
        parts = parts[2:]
    if method == "POST" and "/".join(parts) in _INFERENCE:
        return f"{_OPENAI}/deployments/{'/'.join(parts)}/action"
    noun = parts[0] if parts else "deployments"
    noun = {"fine_tuning": "fine-tunes"}.get(noun, noun)
    return f"{_OPENAI}/{noun}/{_VERBS.get(method, 'write')}"
