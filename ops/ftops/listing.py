"""A listing of the catalog: one kind of row, narrowed by model and region, each with its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ftops_catalog import Catalog, Model, Region, Sku
from ftops_catalog.errors import BadUsage
from ftops_catalog.model import Reach
from ftops_catalog.source import Origin, Source

TOKEN_CHARGES = ("hosting", "input", "cached_input", "output")
ORIGIN = ("source", "as_of")
Line = dict[str, object]


@dataclass(frozen=True)
class Filter:
    """What a listing is narrowed to; None is everything."""

    model: Model | None = None
    region: Region | None = None


@dataclass(frozen=True)
class Listing:
    """Rows of one kind by column name; None is what the catalog does not know.

    `brief` are the columns that a terminal has room for; `sources` those that the rows name.
    """

    columns: tuple[str, ...]
    brief: tuple[str, ...]
    rows: tuple[Line, ...]
    sources: tuple[Source, ...]

    def cells(self, columns: tuple[str, ...]) -> list[list[object]]:
        """The rows for a table: several values of one cell are joined with commas."""
        return [[_cell(row[column]) for column in columns] for row in self.rows]


def list_catalog(catalog: Catalog, kind: str, narrow: Filter) -> Listing:
    """The rows of a kind; raises BadUsage for a filter that the kind has no use for."""
    if kind == "limits" and narrow != Filter():
        raise BadUsage("Limits have no model and no region.", "Leave --model and --region out.")
    if kind == "skus" and narrow.region and not narrow.model:
        hint = "Add --model to see which SKUs serve it in that region."
        raise BadUsage("Which SKUs a region has depends on the model.", hint)
    columns, brief, lines = KINDS[kind]
    rows = tuple(lines(catalog, narrow))
    named = {key for row in rows for key in str(row["source"]).split(", ")}
    sources = tuple(source for source in catalog.sources if source.key in named)
    return Listing((*columns, *ORIGIN), (*brief, *ORIGIN), rows, sources)


def _models(catalog: Catalog, narrow: Filter) -> Iterator[Line]:
    for model in catalog.models:
        offers = _offers(model)
        here = narrow.region
        if narrow.model in {None, model} and (
            here is None or any(offer.covers(here.name) for offer in offers)
        ):
            life = model.lifecycle
            yield {
                "model": model.arm_id,
                "methods": model.methods,
                "training": tuple(k for k, v in model.training.items() if v.supported),
                "skus": model.deploy_skus,
                "example_tokens_max": model.max_example_tokens,
                "lifecycle": life.status,
                "retirement": life.retirement,
                "training_retirement": life.training_retirement,
                "deployment_retirement": life.deployment_retirement,
                **_origin(model.origin),
            }


def _regions(catalog: Catalog, narrow: Filter) -> Iterator[Line]:
    for region in catalog.regions:
        model = narrow.model
        offers = () if model is None else _offers(model)
        if narrow.region in {None, region} and (
            model is None or any(offer.covers(region.name) for offer in offers)
        ):
            yield {
                "region": region.name,
                "display": region.display,
                "standard_training": region.standard_training,
                "standard_deployment": region.standard_deployment,
                "global_training": region.global_training,
                "vision_training": region.vision_training,
                **_origin(region.origin),
            }


def _skus(catalog: Catalog, narrow: Filter) -> Iterator[Line]:
    for sku in catalog.skus:
        if narrow.model is None or _serves(sku, narrow.model, narrow.region):
            yield {
                "sku": sku.name,
                "scope": sku.scope,
                "billing": sku.billing,
                "hosting_fee": sku.hosting_fee,
                "ptu_hour_usd": sku.ptu_hour_usd,
                "lifetime_hours": sku.lifetime_hours,
                "sla": sku.sla,
                "pausable": sku.pausable,
                **_origin(sku.origin),
            }


def _limits(catalog: Catalog, narrow: Filter) -> Iterator[Line]:
    del narrow
    for limit in catalog.limits:
        yield {
            "limit": limit.name,
            "value": limit.value,
            "unit": limit.unit,
            "status": limit.status,
            **_origin(limit.origin),
        }


def _prices(catalog: Catalog, narrow: Filter) -> Iterator[Line]:
    """Every charge that a supported training type or SKU can make, known or not."""
    for model in catalog.models if narrow.model is None else (narrow.model,):
        for kind, reach in model.training.items():
            if reach.supported:
                yield _price(catalog, model, "training", narrow.region, training_type=kind)
        for sku in model.deploy_skus or ():
            for charge in () if catalog.sku(sku).ptu_hour_usd else TOKEN_CHARGES:
                yield _price(catalog, model, charge, narrow.region, sku=sku)


def _price(
    catalog: Catalog, model: Model, charge: str, region: Region | None, **offer: str
) -> Line:
    where = None if region is None else region.name
    price = catalog.price(model, charge, region=where, **offer)
    return {
        "model": model.arm_id,
        "charge_type": charge,
        "offer": next(iter(offer.values())),
        "amount_usd": price and price.amount_usd,
        "unit": price and price.unit,
        "meter": price and price.meter,
        "status": price and price.status,
        "source": price and price.source,
        "as_of": price and price.as_of,
    }


def _serves(sku: Sku, model: Model, region: Region | None) -> bool:
    """Whether the SKU serves the model, as far as known: not known is listed too."""
    if region is not None:
        return model.supports_deployment(sku.name, region.name) is not False
    return model.deploy_skus is None or sku.name in model.deploy_skus


def _offers(model: Model) -> tuple[Reach, ...]:
    return (*model.training.values(), *(model.deployment or {}).values())


def _origin(origin: Origin) -> Line:
    return {"source": origin.source, "as_of": origin.as_of}


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


Columns = tuple[str, ...]
KINDS: Mapping[str, tuple[Columns, Columns, Callable[[Catalog, Filter], Iterator[Line]]]] = {
    "models": (
        (
            *("model", "methods", "training", "skus", "example_tokens_max", "lifecycle"),
            *("retirement", "training_retirement", "deployment_retirement"),
        ),
        ("model", "methods", "training", "skus", "retirement"),
        _models,
    ),
    "regions": (
        (
            *("region", "display", "standard_training", "standard_deployment"),
            *("global_training", "vision_training"),
        ),
        ("region", "standard_training", "standard_deployment", "global_training"),
        _regions,
    ),
    "skus": (
        (
            *("sku", "scope", "billing", "hosting_fee", "ptu_hour_usd", "lifetime_hours"),
            *("sla", "pausable"),
        ),
        ("sku", "scope", "billing", "hosting_fee", "sla"),
        _skus,
    ),
    "limits": (
        ("limit", "value", "unit", "status"),
        ("limit", "value", "unit", "status"),
        _limits,
    ),
    "prices": (
        ("model", "charge_type", "offer", "amount_usd", "unit", "meter", "status"),
        ("model", "charge_type", "offer", "amount_usd", "unit", "status"),
        _prices,
    ),
}
