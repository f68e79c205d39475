"""Chat completions: one answer, whole or as a stream, with the usage that is billed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.openai.call import record_call
from ftops_sandbox.openai.conversation import CACHED_TOKENS_MIN, Conversation, parse_conversation
from ftops_sandbox.openai.serving import Serving, find_serving
from ftops_sandbox.openai.throttle import admit
from ftops_sandbox.openai.trainer import trainer_of
from ftops_sandbox.openai.wire import account_of, new_id, seconds, with_body, world_of
from ftops_sandbox.standin.tokens import count_tokens, split_tokens
from ftops_sandbox.world import World

if TYPE_CHECKING:
    from ftops_sandbox.standin.answer import Answer

OPERATION = "ChatCompletions_Create"
_CACHE_LIFE = timedelta(minutes=10)
_FINGERPRINT = "fp_sandbox"
_FILTERED = {
    name: {"filtered": False, "severity": "safe"}
    for name in ("hate", "self_harm", "sexual", "violence")
}


@dataclass(frozen=True)
class Choice:
    """One finished answer and what it cost."""

    content: str | None
    tool_calls: tuple[Mapping[str, Any], ...]
    finish_reason: str
    tokens: int


@dataclass(frozen=True)
class Completion:
    """Everything that both shapes of the answer are made from."""

    identity: str
    created: int
    model: str
    choices: list[Choice]
    prompt_tokens: int
    cached_tokens: int

    @property
    def usage(self) -> dict[str, Any]:
        completion = sum(choice.tokens for choice in self.choices)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": self.prompt_tokens + completion,
            "prompt_tokens_details": {"cached_tokens": self.cached_tokens, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


def complete(request: Request, body: dict[str, Any]) -> Response:
    """The answer of a deployment, named in the path or (v1) in the body."""
    world, account = world_of(request), account_of(request)
    name = str(request.path_params.get("deployment") or body.get("model") or "")
    serving = find_serving(world, account, name)
    if serving.is_embedding:
        raise OpenAIError(
            400,
            "OperationNotSupported",
            f"The chatCompletion operation does not work with the specified model, {name}. "
            "Please choose different model and try again.",
        )
    asked = parse_conversation(body)
    prompt_tokens = asked.prompt_tokens
    try:
        estimate = prompt_tokens + (asked.tokens_max or 0) * asked.choices
        budget = admit(world, serving, estimate, OPERATION)
    except OpenAIError as error:
        record_call(world, serving, error.status, OPERATION, {}, stream=asked.stream)
        raise
    done = _completion(world, serving, asked, prompt_tokens)
    usage = {
        "prompt": prompt_tokens,
        "cached": done.cached_tokens,
        "completion": sum(choice.tokens for choice in done.choices),
    }
    more = {"stream": asked.stream, "beginning": asked.beginning}
    record_call(world, serving, 200, OPERATION, usage, **more)
    headers = {**budget.headers(), "x-ms-region": str(account.body["location"])}
    if asked.stream:
        chunks = _stream(done, include_usage=asked.include_usage)
        return StreamingResponse(chunks, media_type="text/event-stream", headers=headers)
    return JSONResponse(_whole(done), headers=headers)


def _completion(world: World, serving: Serving, asked: Conversation, tokens: int) -> Completion:
    return Completion(
        identity=new_id("chatcmpl"),
        created=seconds(world.now()),
        model=serving.model_name,
        choices=[_choice(world, serving, asked, place) for place in range(asked.choices)],
        prompt_tokens=tokens,
        cached_tokens=_cached(world, serving, asked, tokens),
    )


def _choice(world: World, serving: Serving, asked: Conversation, place: int) -> Choice:
    answer = _answer(world, serving, asked, place)
    if answer.tool_calls:
        calls = tuple({**call, "id": new_id("call")} for call in answer.tool_calls)
        tokens = count_tokens(json.dumps([call.get("function") for call in calls]))
        return Choice(None, calls, "tool_calls", tokens)
    text = answer.content
    cuts = [text.find(stop) for stop in asked.stops if stop in text]
    text = text[: min(cuts)] if cuts else text
    parts = split_tokens(text)
    tokens = count_tokens(text)
    if asked.tokens_max is not None and tokens > asked.tokens_max:
        return Choice("".join(parts[: asked.tokens_max]), (), "length", asked.tokens_max)
    return Choice(text, (), "stop", tokens)


def _answer(world: World, serving: Serving, asked: Conversation, place: int) -> Answer:
    from ftops_sandbox.standin.answer import answer_base, answer_tuned  # numpy: not at start

    if serving.tuned is None:
        return answer_base(asked.messages)
    model = trainer_of(world).model(*serving.tuned)
    return answer_tuned(model, asked.messages, asked.tool_names, place)


def _cached(world: World, serving: Serving, asked: Conversation, tokens: int) -> int:
    """The first 1,024 tokens of a prompt that began alike within the last ten minutes."""
    if tokens < CACHED_TOKENS_MIN:
        return 0
    since = world.now() - _CACHE_LIFE
    calls = world.history("call", serving.deployment.key, since=since)
    seen = any(call.body.get("beginning") == asked.beginning for call in calls)
    return CACHED_TOKENS_MIN if seen else 0


def _whole(done: Completion) -> dict[str, Any]:
    filtered = [{"prompt_index": 0, "content_filter_results": _FILTERED}]
    return {
        **_head(done, "chat.completion"),
        "choices": [_show(place, choice) for place, choice in enumerate(done.choices)],
        "usage": done.usage,
        "prompt_filter_results": filtered,
    }


def _head(done: Completion, kind: str) -> dict[str, Any]:
    return {
        "id": done.identity,
        "object": kind,
        "created": done.created,
        "model": done.model,
        "system_fingerprint": _FINGERPRINT,
    }


def _show(place: int, choice: Choice) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": choice.content, "refusal": None}
    if choice.tool_calls:
        message["tool_calls"] = list(choice.tool_calls)
    return {
        "index": place,
        "message": message,
        "finish_reason": choice.finish_reason,
        "logprobs": None,
        "content_filter_results": _FILTERED if choice.content else {},
    }


def _stream(done: Completion, *, include_usage: bool) -> Iterator[str]:
    head = _head(done, "chat.completion.chunk")
    usage = {"usage": None} if include_usage else {}
    for place, choice in enumerate(done.choices):
        for delta, reason in _deltas(choice):
            part = {"index": place, "delta": delta, "finish_reason": reason, "logprobs": None}
            yield _event({**head, "choices": [part], **usage})
    if include_usage:
        yield _event({**head, "choices": [], "usage": done.usage})
    yield "data: [DONE]\n\n"


def _deltas(choice: Choice) -> Iterator[tuple[dict[str, Any], str | None]]:
    yield {"role": "assistant", "content": None if choice.tool_calls else ""}, None
    parts: Sequence[str] = split_tokens(choice.content) if choice.content else ()
    for part in parts:
        yield {"content": part}, None
    for place, call in enumerate(choice.tool_calls):
        yield {"tool_calls": [{"index": place, **call}]}, None
    yield {}, choice.finish_reason


def _event(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


ROUTES = (("/chat/completions", with_body(complete), ("POST",)),)
