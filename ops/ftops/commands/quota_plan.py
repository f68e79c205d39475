"""`ftops quota plan`: where a model could be deployed."""

from __future__ import annotations

from typing import Any

import click

from ftops.answer import Answer, Table, emit, output_option

COLUMNS = (
    "state",
    "region",
    "sku",
    "residency",
    "free",
    "limit",
    "hosting_usd_per_hour",
    "input_usd",
)

ANSWER = (
    "model",
    "capacity",
    "tuned",
    "placements[].state",
    "placements[].region",
    "placements[].sku",
    "placements[].residency",
    "placements[].free",
    "placements[].limit",
    "placements[].hosting_usd_per_hour",
    "placements[].input_usd",
    "placements[].pool",
    "placements[].reason",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("plan")
@click.option("--model", required=True, help="The model, such as gpt-4.1-mini.")
@click.option(
    "--capacity",
    type=click.IntRange(min=1),
    required=True,
    help="Units of the SKU: thousands of tokens per minute, or PTUs.",
)
@click.option("--tuned", is_flag=True, help="A tuned model, which draws from pools of its own.")
@click.option("--sku", help="Only this SKU, such as GlobalStandard.")
@click.option("--region", "regions", multiple=True, help="Only this region; may be repeated.")
@click.option(
    "--by",
    type=click.Choice(["residency", "price", "free"]),
    default="residency",
    show_default=True,
    help="What comes first among those that suffice.",
)
@output_option
def command(model: str, capacity: int, by: str, output: str, **limits: Any) -> None:
    """Rank the regions where a model could be deployed: by data residency, price or what is free.

    Asks every region that the catalog knows for its models and its quota. What Azure does not
    tell is UNVERIFIED; a region that does not offer the model is left out. Prices are list prices
    in USD, tokens per million. The exit code is 1 where no region suffices.

    \b
    Examples:
      ftops quota plan --model gpt-4.1-mini --capacity 100
      ftops quota plan --model gpt-4.1-mini --capacity 1 --tuned --by price
      ftops quota plan --model gpt-4.1 --capacity 50 --region swedencentral --output json
    """
    from ftops.azure.session import open_session
    from ftops.azure.surroundings import read_offers, read_pools
    from ftops.preflight.placement import Wish, placements, rank
    from ftops.price import PriceBook
    from ftops_catalog.catalog import read_catalog

    catalog = read_catalog()
    wanted = catalog.model(model)
    named = catalog.sku(limits["sku"]).name if limits["sku"] else None
    asked = [catalog.region(region).name for region in limits["regions"]]
    asked = sorted(set(asked)) or [region.name for region in catalog.regions]
    session = open_session()
    wish = Wish(wanted, capacity, limits["tuned"], named)
    offers, pools = read_offers(session, asked), read_pools(session, asked)
    found = rank(placements(wish, offers, pools, PriceBook(catalog)), by)
    rows = [[getattr(each, column) for column in COLUMNS] for each in found]
    body = {
        "model": wanted.arm_id,
        "capacity": capacity,
        "tuned": wish.tuned,
        "placements": [vars(each) for each in found],
    }
    enough = any(each.state == "ok" for each in found)
    table = Table(COLUMNS, rows, empty=f"no region offers {wanted.arm_id} so")
    emit(Answer("quota plan", session.now, body, [table], exit_code=int(not enough)), output)
