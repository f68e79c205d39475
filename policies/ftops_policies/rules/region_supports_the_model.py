"""Whether the account's region offers the model by the deployment's SKU."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_catalog import Catalog
from ftops_catalog.model import Model
from ftops_policies.deployment import served_by
from ftops_policies.resource import DEPLOYMENT, Resource
from ftops_policies.rule import Remark, rule, unknown


@rule(
    "region-supports-the-model",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Choose another region for the account, or a SKU that reaches it: `ftops catalog`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/models",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/deployment-types",
    ),
)
def region_supports_the_model(
    deployment: Resource, *, account: Resource, catalog: Catalog
) -> Iterator[str | Remark]:
    """The account's region offers the deployed model by the deployment's SKU.

    A tuned model can be served in few regions by a regional SKU, and Azure says so only when the
    deployment is made, after the training has been paid for. A base model is judged as the
    starting point of tuning: its region must train it, or serve the tuned model by the same SKU.
    What the catalog's sources do not tell is reported as unknown.
    """
    region, sku = account.text("location"), deployment.text("sku.name")
    served = served_by(deployment, catalog)
    if region is None or sku is None or served is None:
        yield unknown("Without a location, a SKU and a model there is nothing to look up.")
        return
    if served.model is None or catalog.find_region(region) is None:
        yield unknown(f"The catalog does not know both {served.name} and the region {region}.")
        return
    offered = _offered(served.model, sku, region, tuned=served.tuned)
    kind = "tuned" if served.tuned else "base"
    if offered is None:
        yield unknown(f"The sources do not say whether {region} offers {served.name} by {sku}.")
    elif not offered:
        yield f"{region} does not offer the {kind} model {served.name} by the SKU {sku}."


def _offered(model: Model, sku: str, region: str, *, tuned: bool) -> bool | None:
    served = model.supports_deployment(sku, region, tuned=True)
    if tuned:
        return served
    if sku.casefold() == "developertier":
        return False
    answers = {served, model.supports_training("standard", region)}
    if True in answers:
        return True
    return None if None in answers else False
