"""Whether callers see a completion before it has been looked at."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.content_filter import RAI_POLICY
from ftops_policies.resource import Resource
from ftops_policies.rule import rule


@rule(
    "content-filter-waits-for-its-verdict",
    severity="block",
    applies_to=RAI_POLICY,
    remedy="Set `mode: Blocking` or `Default`.",
    references=(
        "Azure Policy c1ad46c6-37f8-4af0-9c71-c208375c87dd",
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-streaming",
    ),
    fix={"properties.mode": "Blocking"},
)
def content_filter_waits_for_its_verdict(
    policy: Resource, *, modes_allowed: tuple[str, ...] = ("Default", "Blocking")
) -> Iterator[str]:
    """A content filter decides before anything of a completion is shown.

    An asynchronous one streams at once and takes back later, after up to a thousand characters
    that a person has read by then. A mode that is not stated is Azure's default, which waits.
    """
    mode = policy.text("properties.mode") or "Default"
    if mode.casefold() not in {each.casefold() for each in modes_allowed}:
        yield f"Completions are shown before they are filtered: `mode` is {mode}."
