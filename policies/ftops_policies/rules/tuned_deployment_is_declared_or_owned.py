"""Whether somebody would ever take a tuned deployment away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ftops_policies.deployment import is_tuned
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import ESTATE, Remark, rule, unknown

PULUMI: Final = "pulumi"


@rule(
    "tuned-deployment-is-declared-or-owned",
    severity="block",
    applies_to=(ESTATE, DEPLOYMENT),
    remedy="Declare it in the account's stack file, or tag it with an `owner` and an `expires-at` "
    "and take the tag `managed-by` away, so that a teardown may remove it.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-cost-management",
        "https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-tagging",
    ),
)
def tuned_deployment_is_declared_or_owned(deployment: Resource) -> Iterator[str | Remark]:
    """A tuned deployment is declared by a stack file, or somebody owns it.

    A teardown leaves alone what says that Pulumi manages it. Once its declaration is gone and it
    is not, such as after a state was lost, it is paid by the hour with nobody to miss it. What
    was made by hand has at least an owner to ask. Declared is judged in accounts of the project
    at hand; of another project's account nobody here knows.
    """
    if not is_tuned(deployment):
        return
    if (deployment.tag("managed-by") or "").casefold() == PULUMI:
        if deployment.declared is None:
            yield unknown("Whether a stack file declares it is not known here.")
        elif not deployment.declared:
            yield "It says that Pulumi manages it, and no stack file declares it."
    elif deployment.tag("owner") is None:
        yield "No stack file declares it, and it has no tag owner: nobody can be asked about it."
