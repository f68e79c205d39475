"""Whether a name tells a person what they are about to delete."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import ACCOUNT, RESOURCE_GROUP, Resource
from ftops_policies.rule import rule


@rule(
    "name-says-what-it-is",
    severity="warn",
    applies_to=(ACCOUNT, RESOURCE_GROUP),
    remedy="Begin it with one of the prefixes, or set yours in settings.yaml.",
    references=(
        "https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-abbreviations",
        "https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-naming",
    ),
)
def name_says_what_it_is(
    resource: Resource,
    *,
    account_prefixes: tuple[str, ...] = ("oai-", "ais-", "aif-"),
    group_prefixes: tuple[str, ...] = ("rg-",),
) -> Iterator[str]:
    """Resource groups and accounts begin with the abbreviation of what they are.

    In a bill, an alert and a list of what was deleted there is the name and nothing else. The
    prefixes are those of the Cloud Adoption Framework; an account cannot be renamed.
    """
    prefixes = group_prefixes if resource.is_a(RESOURCE_GROUP) else account_prefixes
    if prefixes and not resource.name.casefold().startswith(
        tuple(each.casefold() for each in prefixes)
    ):
        yield f"The name {resource.name} begins with none of {', '.join(prefixes)}."
