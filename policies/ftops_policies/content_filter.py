"""What a content filter does of what it should: which controls are on, and which only annotate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ftops_policies.neighbour import places
from ftops_policies.resource import Resource

RAI_POLICY: Final = "Microsoft.CognitiveServices/accounts/raiPolicies"
BLOCKLIST: Final = "Microsoft.CognitiveServices/accounts/raiBlocklists"
DEFAULTS: Final = ("microsoft.default", "microsoft.defaultv2")
"""Microsoft's own filters; both block all harm categories from medium on, in both directions."""


@dataclass(frozen=True, slots=True)
class Control:
    """One entry of a filter's `contentFilters`, its values as they stand there."""

    name: str
    source: str
    enabled: Any
    blocking: Any
    threshold: str


def controls_of(policy: Resource) -> list[Control]:
    """Every entry of a filter; raises NotKnownError where one is not known yet."""
    return [
        Control(
            policy.text(f"{place}.name") or "",
            policy.text(f"{place}.source") or "",
            policy.at(f"{place}.enabled"),
            policy.at(f"{place}.blocking"),
            policy.text(f"{place}.severityThreshold") or "",
        )
        for place in places(policy, "properties.contentFilters")
    ]


def find_controls(policy: Resource, name: str, source: str) -> list[Control]:
    """The entries for one kind of content in one direction; Azure writes names in several ways."""
    return [
        each
        for each in controls_of(policy)
        if (_key(each.name), _key(each.source)) == (_key(name), _key(source))
    ]


def inherits_default(policy: Resource) -> bool:
    """Whether Microsoft's default holds for everything that the filter does not list."""
    return (policy.text("properties.basePolicyName") or "").casefold() in DEFAULTS


def weaknesses(policy: Resource, name: str, source: str) -> Iterator[str]:
    """What keeps a filter from blocking one kind of content in one direction."""
    found = find_controls(policy, name, source)
    where = f"{name} in the {source.casefold()}"
    if not found and not inherits_default(policy):
        yield f"{where} is not listed, and the filter is not based on Microsoft's default."
    if any(each.enabled is not True for each in found):
        yield f"{where} is not looked for: `enabled` is not true."
    elif any(each.blocking is not True for each in found):
        yield f"{where} is annotated and let through: `blocking` is not true."


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def is_microsofts(name: str) -> bool:
    """Whether a filter's name is one of Microsoft's own."""
    return name.casefold().startswith("microsoft.")
