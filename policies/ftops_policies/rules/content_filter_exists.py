"""Whether the content filter that a deployment names is there."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.content_filter import RAI_POLICY, is_microsofts
from ftops_policies.neighbour import NOBODY, by_parent, each_of, key_of, of_type
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule


@rule(
    "content-filter-exists",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Declare the filter in the same account's `raiPolicies`, or name the right one.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/content-filters",
        "https://learn.microsoft.com/rest/api/aiservices/accountmanagement/rai-policies",
    ),
)
def content_filter_exists(resources: tuple[Resource, ...]) -> Iterator[Remark]:
    """A content filter that a deployment names is Microsoft's, or is declared in its account.

    Filters belong to one account: the one of the account next door has the same name and does
    nothing here. Azure says so only when the deployment is made, halfway through an `up`. Judged
    where the account is declared beside the deployment.
    """
    policies = by_parent(resources, RAI_POLICY)
    accounts = {key_of(each) for each in of_type(resources, ACCOUNT)}

    def say(deployment: Resource) -> Iterator[str]:
        name = deployment.text("properties.raiPolicyName")
        home = deployment.parent
        if name is None or is_microsofts(name) or (home and key_of(home) not in accounts):
            return
        if home is None:
            raise NotKnownError("The account that it belongs to")
        there = {each.name.casefold() for each in policies.get(key_of(home), ())}
        if name.casefold() in there:
            return
        if NOBODY in policies:
            raise NotKnownError("Which account a content filter belongs to")
        yield f"The account {home.name} declares no content filter {name}."

    yield from each_of(resources, DEPLOYMENT, say)
