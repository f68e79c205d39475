"""Whether a content filter lets more harm through than Microsoft's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ftops_policies.content_filter import RAI_POLICY, find_controls, weaknesses
from ftops_policies.resource import Resource
from ftops_policies.rule import rule

HARMS: Final = ("Hate", "Sexual", "Violence", "Selfharm")
LEVELS: Final = ("low", "medium", "high")


@rule(
    "harm-filter-is-not-weaker-than-default",
    severity="block",
    applies_to=RAI_POLICY,
    remedy="Filter all four harms from Medium on, in prompts and completions, and block them.",
    references=(
        "Azure Policy 930f48f9-f07e-427c-9494-52603581c6a9",
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/default-safety-policies",
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter",
    ),
)
def harm_filter_is_not_weaker_than_default(
    policy: Resource,
    *,
    prompt_threshold_max: str = "Medium",
    completion_threshold_max: str = "Medium",
) -> Iterator[str]:
    """A content filter blocks hate, sexual content, violence and self-harm as the default does.

    The default blocks all four from medium on, on the way in and on the way out. A threshold is
    where filtering begins, so High is the weakest. Tuning wears down what a model refuses by
    itself, and the filter is what is left.
    """
    for source, most in (
        ("Prompt", prompt_threshold_max),
        ("Completion", completion_threshold_max),
    ):
        for harm in HARMS:
            yield from weaknesses(policy, harm, source)
            for control in find_controls(policy, harm, source):
                if _rank(control.threshold) > _rank(most):
                    level = control.threshold or "no level"
                    yield f"{harm} in the {source.casefold()} is filtered from {level} on."


def _rank(threshold: str) -> int:
    """Where a threshold stands; what is none is weaker than all that are."""
    word = threshold.casefold()
    return LEVELS.index(word) if word in LEVELS else len(LEVELS)
