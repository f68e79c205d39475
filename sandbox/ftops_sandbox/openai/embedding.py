"""Embeddings: words hashed into a vector of length 1, so that like texts lie near each other."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.openai.call import record_call
from ftops_sandbox.openai.serving import find_serving
from ftops_sandbox.openai.throttle import admit
from ftops_sandbox.openai.wire import account_of, bad_request, with_body, world_of
from ftops_sandbox.standin.text import words
from ftops_sandbox.standin.tokens import count_tokens

if TYPE_CHECKING:
    from ftops_sandbox.standin.network import Array

OPERATION = "Embeddings_Create"
_WIDTHS = {"text-embedding-3-large": 3072}
_WIDTH, _WIDTH_MAX, _INPUTS_MAX = 1536, 3072, 2048


def embed(request: Request, body: dict[str, Any]) -> Response:
    """One vector for each text; floats, or base64 as the OpenAI client asks."""
    world, account = world_of(request), account_of(request)
    name = str(request.path_params.get("deployment") or body.get("model") or "")
    serving = find_serving(world, account, name)
    if not serving.is_embedding:
        raise OpenAIError(
            400,
            "OperationNotSupported",
            f"The embeddings operation does not work with the specified model, {name}. Please "
            "choose different model and try again.",
        )
    texts = _texts(body.get("input"))
    width = body.get("dimensions") or _WIDTHS.get(serving.base_name, _WIDTH)
    if not isinstance(width, int) or not 1 <= width <= _WIDTH_MAX:
        raise bad_request(f"'dimensions' must be a whole number from 1 to {_WIDTH_MAX}.")
    tokens = sum(count_tokens(text) for text in texts)
    budget = admit(world, serving, tokens, OPERATION)
    encoded = body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": place, "embedding": _spell(_vector(text, width), encoded)}
        for place, text in enumerate(texts)
    ]
    record_call(world, serving, 200, OPERATION, {"prompt": tokens}, stream=False)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    answer = {"object": "list", "data": data, "model": serving.base_name, "usage": usage}
    return JSONResponse(answer, headers=budget.headers())


def _texts(given: Any) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not 1 <= len(texts) <= _INPUTS_MAX:
        raise bad_request(f"'input' must be a text, or a list of 1 to {_INPUTS_MAX} of them.")
    if not all(isinstance(text, str) for text in texts):
        raise bad_request("'input' must hold texts; the sandbox takes no token lists.")
    return texts


def _vector(text: str, width: int) -> Array:
    import numpy as np  # not at start

    vector = np.zeros(width, np.float32)
    for word in words(text):
        digest = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        vector[digest % width] += 1 if digest >> 63 else -1
    length = float(np.linalg.norm(vector))
    if length == 0:
        vector[0] = length = 1.0
    return vector / np.float32(length)


def _spell(vector: Array, encoded: bool) -> str | list[float]:  # noqa: FBT001 - the wire's own choice of two
    if encoded:
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return [round(float(value), 7) for value in vector]


ROUTES = (("/embeddings", with_body(embed), ("POST",)),)
