"""Whether Azure still looks for abuse of an account."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.neighbour import places
from ftops_policies.resource import ACCOUNT, Resource
from ftops_policies.rule import rule


@rule(
    "abuse-monitoring-is-on",
    severity="block",
    applies_to=ACCOUNT,
    remedy="Ask why it was turned off; where that was approved, set `modified_monitoring_allowed`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/abuse-monitoring",
        "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy",
    ),
)
def abuse_monitoring_is_on(
    account: Resource, *, modified_monitoring_allowed: bool = False
) -> Iterator[str]:
    """An account is one that Azure watches for abuse, unless somebody has agreed that it is not.

    Microsoft turns storing and review of prompts off for a subscription that asks for it, and an
    account then shows `ContentLogging` as false. From that day nobody but the team finds abuse.
    Only an account that exists shows this: a stack file can neither ask for it nor prevent it.
    """
    if modified_monitoring_allowed:
        return
    for place in places(account, "properties.capabilities"):
        name = (account.text(f"{place}.name") or "").casefold()
        value = str(account.at(f"{place}.value")).casefold()
        if name == "contentlogging" and value == "false":
            yield "Abuse monitoring is off: the account shows `ContentLogging` as false."
