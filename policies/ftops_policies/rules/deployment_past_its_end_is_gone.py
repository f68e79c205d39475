"""Whether what should have ended has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ftops_catalog import Catalog
from ftops_policies.deployment import EXPIRES_AT, parse_end
from ftops_policies.hosting import usd_per_hour
from ftops_policies.resource import DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import ESTATE, Remark, rule, unknown

HOUR = timedelta(hours=1)


@rule(
    "deployment-past-its-end-is-gone",
    severity="block",
    applies_to=(ESTATE, DEPLOYMENT),
    remedy="`ftops teardown` removes it, `ftops restore` would bring it back; see that the "
    "scheduled sweep runs.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-deploy",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-cost-management",
    ),
)
def deployment_past_its_end_is_gone(
    deployment: Resource, *, now: datetime, catalog: Catalog, grace_hours: int = 24
) -> Iterator[str | Remark]:
    """A deployment whose tag `expires-at` has passed by more than a grace is there no more.

    Something was to remove it and has not: a sweep that does not run any longer, or may not
    delete. Every other deployment with an end is then paid for beyond it as well. Asked in every
    environment, whether a time to live is required there or not.
    """
    written = deployment.tag(EXPIRES_AT)
    if written is None:
        return
    end = parse_end(written)
    if end is None:
        yield unknown(f"The tag {EXPIRES_AT} says {written!r}, so nobody knows when it ends.")
        return
    over = (now - end) // HOUR
    if over < grace_hours:
        return
    yield f"It was to end {over} hours ago, at {written}{_cost(deployment, catalog, over)}."


def _cost(deployment: Resource, catalog: Catalog, hours: int) -> str:
    """What the hours since have cost, as far as that is known."""
    try:
        rate = usd_per_hour(deployment, catalog)
    except NotKnownError:
        return ""
    return f", and has cost {rate * hours:,.2f} USD at list price since" if rate else ""
