"""Whether anybody can tell later who used an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ftops_policies.neighbour import NOBODY, by_scope, each_of, key_of, of_type, places
from ftops_policies.resource import ACCOUNT, RESOURCE_GROUP, NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule

SETTING: Final = "Microsoft.Insights/diagnosticSettings"
DESTINATIONS: Final = (
    "properties.workspaceId",
    "properties.storageAccountId",
    "properties.eventHubAuthorizationRuleId",
)
GROUPS: Final = {"audit": ("audit",), "alllogs": ("audit", "requestresponse", "trace")}


@rule(
    "account-is-logged",
    severity="warn",
    applies_to=ENVIRONMENT,
    remedy="Declare `ftops:diagnostics`; its categories are the right ones by themselves.",
    references=(
        "Azure Policy 1b4d1c4e-934c-4703-944c-27c82c06bebb",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/monitor-openai",
        "https://learn.microsoft.com/security/benchmark/azure/mcsb-logging-threat-detection",
    ),
)
def account_is_logged(
    resources: tuple[Resource, ...], *, log_categories: tuple[str, ...] = ("Audit",)
) -> Iterator[Remark]:
    """An account sends its audit log somewhere.

    The Activity Log says who changed an account, and nothing of who uploaded a file, listed keys
    or called a model. Azure keeps those logs only from the day on which somebody asked for them.
    Judged where the resource group is declared: a part of an environment is no proof.
    """
    settings = by_scope(resources, SETTING)

    def say(account: Resource) -> Iterator[str]:
        sent = {name for each in settings.get(key_of(account), ()) for name in _categories(each)}
        missing = [name for name in log_categories if name.casefold() not in sent]
        if missing and NOBODY in settings:
            raise NotKnownError("What a diagnostic setting stands on")
        if missing:
            yield f"Nothing keeps the account's log{'s' * (len(missing) > 1)} {', '.join(missing)}."

    if of_type(resources, RESOURCE_GROUP):
        yield from each_of(resources, ACCOUNT, say)


def _categories(setting: Resource) -> Iterator[str]:
    """The categories that a setting sends somewhere, in lower case."""
    if not any(setting.text(path) for path in DESTINATIONS):
        return
    for place in places(setting, "properties.logs"):
        if setting.at(f"{place}.enabled") is not True:
            continue
        group = (setting.text(f"{place}.categoryGroup") or "").casefold()
        yield from GROUPS.get(group, ())
        yield (setting.text(f"{place}.category") or "").casefold()
