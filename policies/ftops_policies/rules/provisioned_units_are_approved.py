"""Whether somebody has said yes to what is paid by the hour in thousands."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import rule


@rule(
    "provisioned-units-are-approved",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Have it approved, and write who did as the tag `units-approved-by` of the deployment.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/provisioned-throughput-onboarding",
        "https://learn.microsoft.com/azure/well-architected/cost-optimization/set-spending-guardrails",
    ),
)
def provisioned_units_are_approved(
    deployment: Resource, *, approval_tag: str = "units-approved-by"
) -> Iterator[str]:
    """A deployment of provisioned units carries the tag that says who approved it.

    Units are paid by the hour whether they are used or not, and are sold by the dozen: fifteen
    regional ones at 2 USD each are 21,900 USD a month, before anybody calls them.
    """
    sku = deployment.text("sku.name") or ""
    if "provisioned" in sku.casefold() and deployment.tag(approval_tag) is None:
        yield f"Nobody has approved {sku}: the tag {approval_tag} is not set."
