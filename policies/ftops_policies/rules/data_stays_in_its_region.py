"""Where a deployment's prompts and completions are processed."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_catalog import Catalog
from ftops_policies.resource import DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import Remark, rule, unknown


@rule(
    "data-stays-in-its-region",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Deploy by Standard or ProvisionedManaged, or say that `data_zone_is_enough`.",
    references=(
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/deployment-types",
        "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy",
        "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning-deploy",
    ),
)
def data_stays_in_its_region(
    deployment: Resource,
    *,
    catalog: Catalog,
    residency_required: bool = False,
    data_zone_is_enough: bool = False,
) -> Iterator[str | Remark]:
    """Where residency is required, a deployment processes data in the account's region alone.

    Global SKUs and the developer tier process a prompt in any region of the world; data zone SKUs
    in any of the zone. A tuned model's weights, which hold what it was trained on, go there too.
    """
    if not residency_required:
        return
    name = deployment.text("sku.name")
    if name is None:
        raise NotKnownError("sku.name")
    sku = catalog.find_sku(name)
    if sku is None:
        yield unknown(f"Where {name} processes data is in no source.")
    elif sku.scope != "region" and not (data_zone_is_enough and "data_zone" in sku.scope):
        yield f"{sku.name} processes data outside of the account's region."
