"""Whether a list of terms is blocked by anything."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.content_filter import BLOCKLIST, RAI_POLICY
from ftops_policies.neighbour import NOBODY, by_parent, each_of, key_of, places
from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule


@rule(
    "blocklist-is-in-force",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Name the list in the `customBlocklists` of a filter of the same account, blocking.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/use-blocklists",
        "https://learn.microsoft.com/rest/api/aiservices/accountmanagement/rai-blocklists",
    ),
)
def blocklist_is_in_force(resources: tuple[Resource, ...]) -> Iterator[Remark]:
    """A list of terms that is declared is blocked by a content filter of its account.

    A list does nothing by itself. One that no filter names, or that is only annotated, looks in
    every review as if its terms were kept back.
    """
    policies = by_parent(resources, RAI_POLICY)

    def say(blocklist: Resource) -> Iterator[str]:
        home = blocklist.parent
        if home is None or NOBODY in policies:
            raise NotKnownError("Which account it belongs to")
        used = [use for each in policies.get(key_of(home), ()) for use in _uses(each, blocklist)]
        if not used:
            yield f"No content filter of {home.name} names the list."
        elif True not in used:
            yield "The list is only annotated: no filter has `blocking: true` for it."

    yield from each_of(resources, BLOCKLIST, say)


def _uses(policy: Resource, blocklist: Resource) -> Iterator[object]:
    """Whether each use of the list by a filter blocks."""
    for place in places(policy, "properties.customBlocklists"):
        if (policy.text(f"{place}.blocklistName") or "").casefold() == blocklist.name.casefold():
            yield policy.at(f"{place}.blocking")
