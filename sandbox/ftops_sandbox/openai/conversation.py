"""A chat request, checked: what is asked, and within which bounds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.standin.example import ROLES, text_of
from ftops_sandbox.standin.tokens import count_tokens

_MESSAGES_MAX, _TOOLS_MAX, _CHOICES_MAX, _STOPS_MAX = 2048, 128, 128, 4
_MESSAGE_TOKENS, _REPLY_TOKENS = 3, 3
# The service caches prompts from this length on, counted from their beginning.
CACHED_TOKENS_MIN = 1024
_CACHED_CHARS = 4 * CACHED_TOKENS_MIN


@dataclass(frozen=True)
class Conversation:
    """A valid request; `tokens_max` None when the answer may take its length."""

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    choices: int
    stops: tuple[str, ...]
    tokens_max: int | None
    stream: bool
    include_usage: bool

    @property
    def tool_names(self) -> frozenset[str]:
        """Names of the functions that may be called."""
        functions = [tool.get("function") for tool in self.tools]
        return frozenset(str(f.get("name")) for f in functions if isinstance(f, dict))

    @property
    def prompt_tokens(self) -> int:
        """OpenAI's published way of counting: three for each message and three for the reply."""
        said = sum(_MESSAGE_TOKENS + count_tokens(text_of(m)) for m in self.messages)
        offered = count_tokens(json.dumps(self.tools)) if self.tools else 0
        return said + offered + _REPLY_TOKENS

    @property
    def beginning(self) -> str:
        """A digest of how the prompt begins: two prompts that share it share a cache."""
        text = json.dumps([self.tools, self.messages], ensure_ascii=False)[:_CACHED_CHARS]
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def parse_conversation(body: dict[str, Any]) -> Conversation:
    """The request; 400 in OpenAI's words for what is wrong with it."""
    messages = body.get("messages")
    if messages is None:
        raise _bad("Missing required parameter: 'messages'.", "messages")
    if not isinstance(messages, list) or not messages:
        raise _bad("'messages' must be a list with at least one message.", "messages")
    if len(messages) > _MESSAGES_MAX:
        raise _bad(f"'messages' may have up to {_MESSAGES_MAX} entries.", "messages")
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise _bad(f"'messages[{place}].role' is missing or unknown.", f"messages[{place}]")
    options = body.get("stream_options")
    return Conversation(
        messages=messages,
        tools=_tools(body),
        choices=_whole(body, "n", 1, _CHOICES_MAX) or 1,
        stops=_stops(body.get("stop")),
        tokens_max=_whole(body, "max_completion_tokens", 1, None)
        or _whole(body, "max_tokens", 1, None),
        stream=bool(body.get("stream")),
        include_usage=bool(options.get("include_usage")) if isinstance(options, dict) else False,
    )


def _tools(body: dict[str, Any]) -> list[dict[str, Any]]:
    tools = body.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise _bad("'tools' must be a list of objects.", "tools")
    if len(tools) > _TOOLS_MAX:
        raise _bad(f"'tools' may have up to {_TOOLS_MAX} entries.", "tools")
    return [] if body.get("tool_choice") == "none" else tools


def _stops(given: Any) -> tuple[str, ...]:
    stops = [given] if isinstance(given, str) else given or []
    if not isinstance(stops, list) or len(stops) > _STOPS_MAX:
        raise _bad(f"'stop' must be a text, or up to {_STOPS_MAX} of them.", "stop")
    return tuple(str(stop) for stop in stops if stop)


def _whole(body: dict[str, Any], name: str, least: int, most: int | None) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise _bad(f"'{name}' must be a whole number from {least}.", name)
    if most is not None and value > most:
        raise _bad(f"'{name}' may be {most} at most.", name)
    return value


def _bad(message: str, param: str) -> OpenAIError:
    code = "missing_required_parameter" if message.startswith("Missing") else "invalid_value"
    return OpenAIError(400, code, message, param, type="invalid_request_error")
