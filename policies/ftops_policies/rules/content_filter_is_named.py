"""Whether a deployment says which content filter it has."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.content_filter import is_microsofts
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule


@rule(
    "content-filter-is-named",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Set `raiPolicyName` to one of the account's `raiPolicies`, or to Microsoft.DefaultV2.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/content-filters",
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/default-safety-policies",
    ),
)
def content_filter_is_named(
    deployment: Resource,
    *,
    content_filter_required: bool = False,
    own_filter_required: bool = False,
) -> Iterator[str]:
    """Where a content filter is required, each deployment names the one that it has.

    Azure gives a deployment that names none its default, and changes that default with time: a
    filter that a review agreed to is only kept by name. With `own_filter_required`, one of
    Microsoft's does not do.
    """
    name = deployment.text("properties.raiPolicyName")
    if name is None:
        if content_filter_required or own_filter_required:
            yield "The deployment names no content filter: `raiPolicyName` is not set."
    elif own_filter_required and is_microsofts(name):
        yield f"The content filter {name} is Microsoft's, and not one of this account."
