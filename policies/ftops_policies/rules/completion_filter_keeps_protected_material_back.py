"""Whether a content filter looks for others' texts and code in completions."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.content_filter import RAI_POLICY, Control, weaknesses
from ftops_policies.resource import Resource
from ftops_policies.rule import Remark, rule


@rule(
    "completion-filter-keeps-protected-material-back",
    severity="block",
    applies_to=RAI_POLICY,
    remedy="Leave both kinds of protected material to Microsoft's default, or block them.",
    references=(
        "Azure Policy af253d37-136a-42f8-a1fc-30010c083d41",
        "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/customer-copyright-commitment",
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter-protected-material",
    ),
)
def completion_filter_keeps_protected_material_back(
    policy: Resource,
    *,
    completion_controls: tuple[str, ...] = ("Protected Material Text", "Protected Material Code"),
) -> Iterator[Remark]:
    """A content filter keeps texts and code back that belong to somebody else.

    Microsoft stands up for its customers when a completion repeats what is protected, where this
    filter is on. Who turns it off stands up alone.
    """
    yield from weaknesses(policy, [Control(name, "Completion") for name in completion_controls])
