"""Whether a custom role says what it may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ftops_policies.resource import Resource
from ftops_policies.role import DEFINITION, actions_of
from ftops_policies.rule import rule

# Microsoft.X/accounts/OpenAI/files/* is one noun of one service; anything shorter is many.
DEPTH_MIN: Final = 4
GIVES_MORE: Final = (
    "microsoft.authorization/roleassignments/write",
    "microsoft.authorization/roledefinitions/write",
    "microsoft.authorization/elevateaccess/action",
    "microsoft.cognitiveservices/accounts/listkeys/action",
    "microsoft.cognitiveservices/accounts/regeneratekey/action",
)


@rule(
    "custom-role-names-its-actions",
    severity="block",
    applies_to=DEFINITION,
    remedy="List the actions that the duty needs, one by one.",
    references=(
        "https://learn.microsoft.com/azure/role-based-access-control/custom-roles",
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
        "https://www.cisecurity.org/benchmark/azure",
    ),
)
def custom_role_names_its_actions(definition: Resource) -> Iterator[str]:
    """A custom role lists what it may do, without wide wildcards and without a way to more.

    `*` grants what Azure adds next year, too, and `notActions` only take away what somebody
    thought of. A wildcard may stand for all reading of a provider, or below one noun
    (`accounts/OpenAI/files/*`). Listing keys or assigning roles makes every other limit void.
    """
    for action in actions_of(definition, "actions"):
        if action.casefold() in GIVES_MORE:
            yield f"{action} makes every other limit of the role void."
        elif _wide(action) and not action.casefold().endswith("/read"):
            yield f"The action {action} grants more than anybody can list."
    for action in actions_of(definition, "dataActions"):
        if _wide(action):
            yield f"The data action {action} grants more than anybody can list."


def _wide(action: str) -> bool:
    return "*" in action and action.partition("*")[0].count("/") < DEPTH_MIN
