"""Throttling: a deployment's capacity, spent over a minute of the sandbox's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ftops_sandbox.errors import OpenAIError
from ftops_sandbox.openai.serving import Serving
from ftops_sandbox.store import Event
from ftops_sandbox.world import World

TOKENS_PER_UNIT = 1000
_WINDOW = timedelta(minutes=1)
_TOO_MANY = 429


@dataclass(frozen=True)
class Budget:
    """What a deployment may still take in this minute."""

    requests_limit: int
    requests_left: int
    tokens_limit: int
    tokens_left: int

    def headers(self) -> dict[str, str]:
        """The headers that every answer carries."""
        return {
            "x-ratelimit-limit-requests": str(self.requests_limit),
            "x-ratelimit-limit-tokens": str(self.tokens_limit),
            "x-ratelimit-remaining-requests": str(max(0, self.requests_left)),
            "x-ratelimit-remaining-tokens": str(max(0, self.tokens_left)),
            "x-ratelimit-reset-requests": str(int(_WINDOW.total_seconds())),
            "x-ratelimit-reset-tokens": str(int(_WINDOW.total_seconds())),
        }


def admit(world: World, serving: Serving, tokens: int, operation: str) -> Budget:
    """The budget after a call of about so many tokens; 429 when there is none for it.

    A single call larger than the whole budget is let through when nothing else was asked.
    """
    now = world.now()
    recent = _recent(world, serving, now)
    used = sum(event.body["tokens"] for event in recent)
    requests_limit = serving.capacity * serving.requests_per_unit
    tokens_limit = serving.capacity * TOKENS_PER_UNIT
    budget = Budget(
        requests_limit,
        requests_limit - len(recent) - 1,
        tokens_limit,
        tokens_limit - used - tokens,
    )
    if recent and (budget.requests_left < 0 or budget.tokens_left < 0):
        raise _refusal(world, recent, budget, operation)
    return budget


def _recent(world: World, serving: Serving, now: datetime) -> list[Event]:
    calls = world.history("call", serving.deployment.key, since=now - _WINDOW)
    # A deployment made again under the same name starts with all of its capacity.
    return [
        call
        for call in calls
        if call.body["status"] != _TOO_MANY and call.time >= serving.deployment.created
    ]


def _refusal(world: World, recent: list[Event], budget: Budget, operation: str) -> OpenAIError:
    kind = "call rate limit" if budget.requests_left < 0 else "token rate limit"
    wait = (recent[0].time + _WINDOW - world.now()).total_seconds() / (world.clock.speed or 1.0)
    wait_ms = max(1, int(wait * 1000) + 1)
    wait_s = -(-wait_ms // 1000)
    return OpenAIError(
        _TOO_MANY,
        "429",
        f"Requests to the {operation} Operation under Azure OpenAI API have exceeded {kind} of "
        f"your current OpenAI S0 pricing tier. Please retry after {wait_s} seconds. Please go "
        "here: https://aka.ms/oai/quotaincrease if you would like to further increase the default "
        "rate limit.",
        headers={
            **budget.headers(),
            "retry-after": str(wait_s),
            "retry-after-ms": str(wait_ms),
        },
    )
