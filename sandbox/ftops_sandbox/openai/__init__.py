"""The Azure OpenAI data plane of an account, on its dated paths and on v1."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.openai import chat, embedding, file, fine_tuning, large_upload, model
from ftops_sandbox.openai.checkpoint import tuned_model
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.world import World

_AUTHORING = (*file.ROUTES, *large_upload.ROUTES, *fine_tuning.ROUTES, *model.ROUTES)
_INFERENCE = (*chat.ROUTES, *embedding.ROUTES)
# v1 comes first: to the dated routes, `v1` could be a name.
_PREFIXED = (
    *(("/openai/v1", row) for row in (*_AUTHORING, *_INFERENCE)),
    *(("/openai", row) for row in _AUTHORING),
    *(("/openai/deployments/{deployment}", row) for row in _INFERENCE),
)

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _refuse(_request: Request) -> Response:
    """What the sandbox's data plane does not have."""
    raise OpenAIError(404, "404", "Resource not found")


routes = [
    *(
        AzureRoute(prefix + path, handler, methods)
        for prefix, (path, handler, methods) in _PREFIXED
    ),
    AzureRoute("/openai/{rest:path}", _refuse, _METHODS),
]


def attach(world: World) -> None:
    """Teaches the world which tuned models exist by now."""
    world.tuned_models = tuned_model
