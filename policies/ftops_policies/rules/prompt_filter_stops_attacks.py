"""Whether a content filter looks for attacks in prompts."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.content_filter import RAI_POLICY, Control, weaknesses
from ftops_policies.resource import Resource
from ftops_policies.rule import Remark, rule


@rule(
    "prompt-filter-stops-attacks",
    severity="block",
    applies_to=RAI_POLICY,
    remedy="Enable Jailbreak for the prompt, blocking; `prompt_controls` names what else.",
    references=(
        "Azure Policy f3a9c2e0-7b4d-4d8f-9c3a-2e1f6b9a8d4e",
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter-prompt-shields",
        "https://genai.owasp.org/llmrisk/llm01-prompt-injection/",
    ),
)
def prompt_filter_stops_attacks(
    policy: Resource, *, prompt_controls: tuple[str, ...] = ("Jailbreak",)
) -> Iterator[Remark]:
    """A content filter blocks prompts that try to talk the model out of its instructions.

    Microsoft's default does; one of its own may turn it off or only annotate, and callers seldom
    read annotations. Where documents of others reach the model, `Indirect Attack` belongs in
    `prompt_controls`, which the default does not look for.
    """
    yield from weaknesses(policy, [Control(name, "Prompt") for name in prompt_controls])
