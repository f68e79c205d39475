"""What a deployment costs for standing there an hour, as far as the catalog knows."""

from __future__ import annotations

from decimal import Decimal

from ftops_catalog import Catalog
from ftops_policies.deployment import served_by
from ftops_policies.resource import Resource


def usd_per_hour(deployment: Resource, catalog: Catalog) -> Decimal | None:
    """List price per hour of a tuned deployment, or of provisioned units; None is not known."""
    served = served_by(deployment, catalog)
    sku = catalog.find_sku(deployment.text("sku.name") or "")
    if sku is None or served is None or served.model is None:
        return None
    capacity = deployment.at("sku.capacity")
    if not isinstance(capacity, int) or deployment.parent is None:
        return None
    region = deployment.parent.text("location")
    return catalog.hosting_usd_per_hour(served.model, sku.name, capacity=capacity, region=region)
