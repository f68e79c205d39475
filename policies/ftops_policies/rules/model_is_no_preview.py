"""Whether the deployed model is one that Azure stands behind."""

from __future__ import annotations

from collections.abc import Iterator

from ftops_catalog import Catalog
from ftops_policies.deployment import served_by
from ftops_policies.resource import DEPLOYMENT, NotKnownError, Resource
from ftops_policies.rule import Remark, rule, unknown


@rule(
    "model-is-no-preview",
    severity="block",
    applies_to=DEPLOYMENT,
    remedy="Deploy a model that is generally available, or set `previews_allowed`.",
    references=(
        "https://azure.microsoft.com/support/legal/preview-supplemental-terms/",
        "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements",
    ),
)
def model_is_no_preview(
    deployment: Resource, *, catalog: Catalog, previews_allowed: bool = False
) -> Iterator[str | Remark]:
    """A deployment serves no model in preview.

    A preview has no service level, may change its price and its data handling, and is withdrawn
    at short notice, with everything that was tuned from it.
    """
    if previews_allowed:
        return
    served = served_by(deployment, catalog)
    if served is None:
        raise NotKnownError("The model's name")
    if served.model is None:
        if "preview" in served.name.casefold():
            yield f"{served.name} is a preview."
        else:
            yield unknown(f"Whether {served.name} is a preview is in no source.")
    elif served.model.preview:
        yield f"{served.model.name} is a preview."
