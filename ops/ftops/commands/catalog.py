"""`ftops catalog`: what Azure offers for fine-tuning, as far as published."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.listing import KINDS, Filter, list_catalog
from ftops_catalog import read_catalog

SOURCE = ("source", "title", "version")

ANSWER = (
    "kind",
    "collected",
    "rows[].model",
    "rows[].methods[]",
    "rows[].training[]",
    "rows[].skus[]",
    "rows[].example_tokens_max",
    "rows[].lifecycle",
    "rows[].retirement",
    "rows[].training_retirement",
    "rows[].deployment_retirement",
    "rows[].source",
    "rows[].as_of",
    "rows[].skus",
    "sources[].source",
    "sources[].title",
    "sources[].version",
    "rows[].region",
    "rows[].display",
    "rows[].standard_training[]",
    "rows[].standard_deployment[]",
    "rows[].global_training",
    "rows[].vision_training",
    "rows[].sku",
    "rows[].scope",
    "rows[].billing",
    "rows[].hosting_fee",
    "rows[].ptu_hour_usd",
    "rows[].lifetime_hours",
    "rows[].sla",
    "rows[].pausable",
    "rows[].limit",
    "rows[].value",
    "rows[].unit",
    "rows[].status",
    "rows[].value[]",
    "rows[].charge_type",
    "rows[].offer",
    "rows[].amount_usd",
    "rows[].meter",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command()
@click.argument("kind", type=click.Choice(tuple(KINDS)), default="models")
@click.option("--model", help="Only what concerns this model: a name, a dated id or a tuned id.")
@click.option("--region", help="Only what holds in this region; prices are that region's.")
@output_option
def command(kind: str, model: str | None, region: str | None, output: str) -> None:
    """List what Azure offers: models, regions, SKUs, limits, prices.

    KIND is models (the default), regions, skus, limits or prices. Each row has its source and the
    day on which it was true. What no source says is unknown; an unknown price is never a zero.
    JSON and CSV have more columns than the table. Without --region, a price of SKU Standard or of
    standard training is that of the US regions.

    \b
    Examples:
      ftops catalog
      ftops catalog models --region swedencentral
      ftops catalog skus --model gpt-4.1-mini --region eastus2
      ftops catalog prices --model gpt-4.1-mini --region swedencentral
      ftops catalog prices --output csv
    """
    catalog = read_catalog()
    narrow = Filter(
        model=None if model is None else catalog.model(model),
        region=None if region is None else catalog.region(region),
    )
    listing = list_catalog(catalog, kind, narrow)
    sources = [(source.key, source.title, source.version) for source in listing.sources]
    columns = listing.columns if output == "csv" else listing.brief
    body = {
        "kind": kind,
        "collected": catalog.collected,
        "rows": listing.rows,
        "sources": [dict(zip(SOURCE, source, strict=True)) for source in sources],
    }
    tables = [
        Table(columns, listing.cells(columns), empty=f"No {kind} fit."),
        Table(SOURCE, sources, title="Sources", empty=""),
    ]
    emit(Answer("catalog", datetime.now(UTC), body, tables), output)
