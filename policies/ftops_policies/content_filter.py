"""What a content filter does of what it should: which controls are on, and which only annotate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ftops_policies.neighbour import places
from ftops_policies.resource import NotKnownError, Resource
from ftops_policies.rule import Remark, unknown

RAI_POLICY: Final = "Microsoft.CognitiveServices/accounts/raiPolicies"
BLOCKLIST: Final = "Microsoft.CognitiveServices/accounts/raiBlocklists"
DEFAULTS: Final = ("microsoft.default", "microsoft.defaultv2")
"""Microsoft's own filters; both block all harm categories from medium on, in both directions."""
LEVELS: Final = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Control:
    """One kind of content in one direction; `threshold_max` is the weakest level, or "" for none.

    Azure's Low filters the most and High the least.
    """

    name: str
    source: str
    threshold_max: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it is found by: Azure writes these names in several ways."""
        return _key(self.name), _key(self.source)


def weaknesses(policy: Resource, controls: Sequence[Control]) -> Iterator[Remark]:
    """What keeps a filter from blocking each of these; what is not known is said for itself."""
    listed = _entries(policy)
    for control in controls:
        try:
            yield from map(Remark, _judge(policy, control, listed.get(control.key, [])))
        except NotKnownError as gap:
            yield unknown(f"{gap.what} is not known until up.")


def is_microsofts(name: str) -> bool:
    """Whether a filter's name is one of Microsoft's own."""
    return name.casefold().startswith("microsoft.")


def _judge(policy: Resource, control: Control, entries: Sequence[str]) -> Iterator[str]:
    where = f"{control.name} in the {control.source.casefold()}"
    if not entries and not _inherits_default(policy):
        yield f"{where} is not listed, and the filter is not based on Microsoft's default."
    for entry in entries:
        if policy.at(f"{entry}.enabled") is not True:
            yield f"{where} is not looked for: `enabled` is not true."
        elif policy.at(f"{entry}.blocking") is not True:
            yield f"{where} is annotated and let through: `blocking` is not true."
        level = policy.text(f"{entry}.severityThreshold") or "no level"
        if control.threshold_max and _rank(level) > _most(control.threshold_max):
            yield f"{where} is filtered from {level} on."


def _entries(policy: Resource) -> dict[tuple[str, str], list[str]]:
    """The places of a filter's entries, by the content and the direction that they are for."""
    found: dict[tuple[str, str], list[str]] = {}
    for place in places(policy, "properties.contentFilters"):
        name, source = policy.text(f"{place}.name"), policy.text(f"{place}.source")
        found.setdefault((_key(name or ""), _key(source or "")), []).append(place)
    return found


def _inherits_default(policy: Resource) -> bool:
    """Whether Microsoft's default holds for everything that the filter does not list."""
    return (policy.text("properties.basePolicyName") or "").casefold() in DEFAULTS


def _rank(threshold: str) -> int:
    """Where a threshold stands; what is none is weaker than all that are."""
    word = threshold.casefold()
    return LEVELS.index(word) if word in LEVELS else len(LEVELS)


def _most(threshold: str) -> int:
    """Where the weakest one that is allowed stands; a word that is none allows nothing."""
    word = threshold.casefold()
    return LEVELS.index(word) if word in LEVELS else -1


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
