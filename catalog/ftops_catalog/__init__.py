"""What Azure offers for fine-tuning, as typed facts: each with its source and its day.

Names are imported when first asked for, so that `ftops_catalog.errors` alone costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftops_catalog.catalog import Catalog, read_catalog
    from ftops_catalog.limit import Limit
    from ftops_catalog.model import Model, training_type_key
    from ftops_catalog.model_id import ModelId, parse_model_id
    from ftops_catalog.price import Price
    from ftops_catalog.region import Region
    from ftops_catalog.sku import Sku
    from ftops_catalog.usage_name import UsageName

HOMES = {
    "Catalog": "catalog",
    "Limit": "limit",
    "Model": "model",
    "ModelId": "model_id",
    "Price": "price",
    "Region": "region",
    "Sku": "sku",
    "UsageName": "usage_name",
    "parse_model_id": "model_id",
    "read_catalog": "catalog",
    "training_type_key": "model",
}

__all__ = [
    "Catalog",
    "Limit",
    "Model",
    "ModelId",
    "Price",
    "Region",
    "Sku",
    "UsageName",
    "parse_model_id",
    "read_catalog",
    "training_type_key",
]


def __getattr__(name: str) -> Any:
    """A public name from the module that owns it."""
    if name not in HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
