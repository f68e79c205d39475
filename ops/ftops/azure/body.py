"""Azure's JSON as it came over the wire: what an SDK's model leaves out is still in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Body = dict[str, Any]


def list_bodies(pages: Callable[..., Iterable[object]], *names: str, **query: Any) -> list[Body]:
    """Every page of an SDK list, to its end, as raw JSON.

    The SDK asks, follows `nextLink` and waits on 429; only its answers are read off the wire,
    since its models drop what their api-version does not know.
    """
    found: list[Body] = []

    def keep(response: Any) -> None:
        answer = _json(response)
        value = answer.get("value") if isinstance(answer, dict) else None
        found.extend(item for item in value or [] if isinstance(item, dict))

    count = sum(1 for _ in pages(*names, raw_response_hook=keep, **query))
    assert count == len(found), "what the SDK counts is what was read off the wire"
    return found


def get_body(call: Callable[..., object], *names: str, **query: Any) -> Any:
    """The raw JSON of one SDK call that answers at once; None where the answer is no JSON."""
    found: list[Any] = []

    def keep(response: Any) -> None:
        found.append(_json(response))

    call(*names, raw_response_hook=keep, **query)
    return found[-1] if found else None


def _json(response: Any) -> Any:
    """A throttled or broken answer passes here too, before the SDK raises or asks again."""
    if response.http_response.status_code != 200:  # noqa: PLR2004 - HTTP's own word for a whole answer
        return None
    try:
        return response.http_response.json()
    except ValueError:
        return None
