"""Whether a content filter lets more harm through than Microsoft's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ftops_policies.content_filter import RAI_POLICY, Control, weaknesses
from ftops_policies.resource import Resource
from ftops_policies.rule import Remark, rule

HARMS: Final = ("Hate", "Sexual", "Violence", "Selfharm")


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
) -> Iterator[Remark]:
    """A content filter blocks hate, sexual content, violence and self-harm as the default does.

    The default blocks all four from medium on, on the way in and on the way out. A threshold is
    where filtering begins, so High is the weakest. Tuning wears down what a model refuses by
    itself, and the filter is what is left.
    """
    most = {"Prompt": prompt_threshold_max, "Completion": completion_threshold_max}
    wanted = [Control(harm, source, level) for source, level in most.items() for harm in HARMS]
    yield from weaknesses(policy, wanted)
