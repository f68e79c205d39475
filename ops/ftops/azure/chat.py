"""Questions to a deployment, and whether its data plane answers at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ftops.azure.session import refusals
from ftops.comparison import Reply
from ftops_catalog.errors import NotReady

if TYPE_CHECKING:
    from openai import OpenAI

SETTLING = frozenset({"deploymentnotready", "deploymentnotfound"})
"""What a data plane says of a deployment that ARM calls Succeeded, for minutes sometimes."""


def ask(
    client: OpenAI, deployment: str, messages: Iterable[Mapping[str, Any]], *, steady: bool
) -> Reply:
    """One answer of a deployment, with the tokens it is billed for.

    `steady` asks for temperature 0, which reasoning models do not take.
    """
    import openai

    with refusals(f"asking {deployment}"):
        answer = client.chat.completions.create(
            model=deployment,
            messages=list(messages),  # type: ignore[arg-type]  # checked data, in the API's shape
            temperature=0 if steady else openai.omit,
        )
    usage = answer.usage
    return Reply(
        text=answer.choices[0].message.content or "" if answer.choices else "",
        prompt_tokens=usage.prompt_tokens if usage else None,
        completion_tokens=usage.completion_tokens if usage else None,
    )


def await_answer(
    client: OpenAI, deployment: str, *, pause_seconds: float, wait_seconds_max: float
) -> None:
    """Returns once the deployment answers a question of one token.

    Raises NotReady where it does not within the time, CloudRefused for any other refusal.
    """
    import openai
    from tenacity import RetryError, Retrying, retry_if_exception, stop_after_delay, wait_fixed

    def settling(error: BaseException) -> bool:
        return isinstance(error, openai.APIStatusError) and str(error.code).lower() in SETTLING

    patience = Retrying(
        retry=retry_if_exception(settling),
        stop=stop_after_delay(wait_seconds_max),
        wait=wait_fixed(pause_seconds),
    )
    with refusals(f"asking {deployment}"):
        try:
            patience(
                client.chat.completions.create,
                model=deployment,
                messages=[{"role": "user", "content": "ping"}],
                max_completion_tokens=1,
            )
        except RetryError:
            hint = "it is billed already; run the same command again, or ftops teardown removes it"
            raise NotReady(f"{deployment} does not answer yet", hint) from None
