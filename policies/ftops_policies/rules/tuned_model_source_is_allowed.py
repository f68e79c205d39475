"""Whether a tuned model may come from where it was trained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ftops_catalog.region import region_key
from ftops_policies.neighbour import each_of, key_of, key_of_id
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import ENVIRONMENT, Remark, rule, unknown

_ACCOUNT_ID: Final = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/[^/]+"
    r"/providers/Microsoft\.CognitiveServices/accounts/[^/]+",
    re.IGNORECASE,
)


@rule(
    "tuned-model-source-is-allowed",
    severity="block",
    applies_to=ENVIRONMENT,
    remedy="Train the model in this tenant, subscription and region, or allow the other one.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-deploy",
        "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy",
    ),
)
def tuned_model_source_is_allowed(
    resources: tuple[Resource, ...],
    *,
    cross_tenant_allowed: bool = False,
    cross_region_allowed: bool = True,
    source_subscriptions: tuple[str, ...] = (),
) -> Iterator[Remark]:
    """A tuned model is copied only from a tenant, a subscription and a region that are allowed.

    `source` makes Azure copy the weights from another account, and what a model was trained on
    goes along. A copy from another tenant (`sourceAccount`) has passed none of this team's
    gates. An empty `source_subscriptions` allows all; a source of no known region is unknown.
    """
    parents = [each.parent for each in resources if each.parent and each.parent.is_a(ACCOUNT)]
    accounts = {key_of(each): each for each in (*resources, *parents) if each.is_a(ACCOUNT)}

    def say(deployment: Resource) -> Iterator[str | Remark]:
        if deployment.text("properties.model.sourceAccount") and not cross_tenant_allowed:
            yield "The model is copied from another tenant: `sourceAccount` is set."
        source = deployment.text("properties.model.source")
        if source is None:
            return
        found = _ACCOUNT_ID.fullmatch(source)
        if found is None:
            yield f"The source {source} is no account's id."
            return
        allowed = {each.casefold() for each in source_subscriptions}
        if allowed and found["subscription"].casefold() not in allowed:
            yield f"The model comes from the subscription {found['subscription']}, not allowed."
        if not cross_region_allowed:
            yield from _across(deployment, accounts.get(key_of_id(source)), source)

    yield from each_of(resources, DEPLOYMENT, say)


def _across(deployment: Resource, origin: Resource | None, source: str) -> Iterator[str | Remark]:
    there = origin.text("location") if origin else None
    if there is None:
        yield unknown(f"The region of {source} is not known here.")
        return
    here = deployment.parent.text("location") if deployment.parent else None
    if here is None:
        raise NotKnownError("The region of the deployment's account")
    if region_key(here) != region_key(there):
        yield f"The model is copied from {there} to {here}."
