"""Whether an experiment ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ftops_policies.deployment import EXPIRES_AT, is_tuned, parse_end
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule


@rule(
    "tuned-deployment-has-a-time-to-live",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Tag it `expires-at` with an instant such as 2026-12-01T18:00:00Z; "
    "`ftops deploy --ttl` does.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-deploy",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-cost-management",
    ),
)
def tuned_deployment_has_a_time_to_live(
    deployment: Resource, *, now: datetime, ttl_required: bool = True, ttl_days_max: int = 30
) -> Iterator[str]:
    """A tuned deployment says when it ends, in the tag `expires-at`, and that is soon.

    A tuned deployment is paid by the hour from its first minute, used or not, until somebody
    deletes it. Where `ttl_required` is off, as in prod, what is deployed is reviewed instead.
    """
    if not ttl_required or not is_tuned(deployment):
        return
    written = deployment.tag(EXPIRES_AT)
    if written is None:
        yield f"The tuned deployment has no tag {EXPIRES_AT}, so it is paid for until noticed."
        return
    end = parse_end(written)
    if end is None:
        yield f"The tag {EXPIRES_AT} says {written!r}, which is no instant with a time zone."
    elif end <= now:
        yield f"The tuned deployment expired at {written}."
    elif end - now > timedelta(days=ttl_days_max):
        yield f"The tag {EXPIRES_AT} says {written}, more than {ttl_days_max} days ahead."
