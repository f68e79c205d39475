"""Azure Policy's own definitions for Cognitive Services, beside the rules that ask the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ftops_catalog import read_catalog
from ftops_policies.rule import Rule

PREFIX: Final = "Azure Policy "

WITHOUT: Final[Mapping[str, str]] = {
    "46aa9b05-0e60-4eae-a88b-1e9d374fa515": "Azure OpenAI keeps files and tuned models in its own "
    "storage; an account of kind OpenAI has none of the customer's.",
    "11566b39-f7f7-4b82-ab06-68d8700eb0a4": "Deprecated; its two halves are definitions of their "
    "own.",
    "2bdd0062-9d75-436e-89df-487dd8e4b3c7": "Deprecated; Azure encrypts every account.",
    "0725b4dd-7e76-479c-a735-68e7ee23d5ca": "Deprecated for 037eea7a-bd0a-46c5-9a66-03aea78705d3.",
    "cddd188c-4b82-4c48-a19d-ddf74ee66a01": "Deprecated for d6759c02-b87f-42b7-892e-71b3f471d782.",
}
"""Why no rule asks what a definition asks."""


def counterparts(rules: Iterable[Rule]) -> dict[str, list[str]]:
    """The ids of the rules that name a definition, by the definition's id."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        for reference in rule.references:
            if reference.startswith(PREFIX):
                found.setdefault(reference.removeprefix(PREFIX), []).append(rule.id)
    return found


def render_builtin(rules: Iterable[Rule]) -> Iterator[str]:
    """The section of docs/policies.md that sets the two beside each other, line by line."""
    named = counterparts(rules)
    yield "## Azure Policy's own definitions\n"
    yield "What Azure audits once a resource exists, these rules ask before it does. A definition"
    yield "without a rule says why.\n"
    yield "| definition | what it asks | rule |\n| --- | --- | --- |"
    for policy in read_catalog().policies:
        links = ", ".join(f"[{each}](#{each})" for each in named.get(policy.id, ()))
        yield f"| `{policy.id}` | {policy.display_name} | {links or WITHOUT[policy.id]} |"
    yield ""
