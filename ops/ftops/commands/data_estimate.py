"""`ftops data estimate`: what a job on this file would cost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.answer import Answer, Table, emit, output_option
from ftops.training_option import epochs_option, training_type_option

if TYPE_CHECKING:
    from ftops.estimate import Estimate

ANSWER = (
    "verdict",
    "file",
    "model",
    "training_type",
    "region",
    "format",
    "examples",
    "tokens",
    "epochs",
    "epochs_estimated",
    "billed_tokens",
    "training_usd_per_unit",
    "training_unit",
    "training_usd",
    "training_basis",
    "hosting_sku",
    "hosting_usd_per_hour",
    "hosting_usd_per_month",
    "hosting_basis",
    "blockers[]",
    "notes[]",
)
"""The names of the JSON answer, besides `schema` and `now`."""


@click.command("estimate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--model", required=True, help="The model to train, such as gpt-4.1-mini.")
@training_type_option
@click.option("--region", help="The region whose prices and offer count.")
@epochs_option
@output_option
def command(
    file: Path, model: str, training_type: str, region: str | None, epochs: int | None, output: str
) -> None:
    """Estimate tokens, epochs and the price of training on a file.

    Training is billed by token: those of the file times the epochs times the list price. After
    it, a deployment is billed by the hour, used or not; that price is shown too. A price that
    the catalog does not know is unknown, never zero. Exits with 1 where Azure would refuse.

    \b
    Examples:
      ftops data estimate train.jsonl --model gpt-4.1-mini
      ftops data estimate train.jsonl --model gpt-4.1-nano --training-type Developer --epochs 2
    """
    from ftops.dataset.check import check_file
    from ftops.estimate import Wish, estimate, limits_of
    from ftops.price import PriceBook
    from ftops_catalog.catalog import read_catalog

    catalog = read_catalog()
    found = catalog.model(model)
    where = catalog.region(region).name if region else ""
    check = check_file(file, limits_of(catalog, found))
    made = estimate(check, Wish(found, training_type, where, epochs), PriceBook(catalog))
    emit(answer(made), output)


def answer(made: Estimate) -> Answer:
    rows = (
        ("examples", made.check.examples, ""),
        ("tokens", made.check.tokens, "in the file"),
        ("epochs", made.epochs, "as asked" if made.wish.epochs else "estimated"),
        ("billed tokens", made.billed_tokens, "tokens x epochs"),
        ("training USD", made.training_usd, made.training.basis),
        ("hosting USD per hour", made.hosting.amount_usd, f"{made.wish.sku}, used or not"),
        ("hosting USD per month", made.hosting_usd_per_month, "30 days"),
    )
    blocked = [f"Azure would refuse: {sentence}" for sentence in made.blockers]
    return Answer(
        command="data estimate",
        now=datetime.now(UTC),
        body=_body(made),
        tables=(Table(("what", "value", "note"), rows, title=made.wish.model.arm_id),),
        notes=[*blocked, *made.notes],
        exit_code=1 if blocked else 0,
    )


def _body(made: Estimate) -> dict[str, object]:
    return {
        "verdict": "blocked" if made.blockers else "ok",
        "file": str(made.check.path),
        "model": made.wish.model.arm_id,
        "training_type": made.wish.training_type,
        "region": made.wish.region or None,
        "format": made.check.format,
        "examples": made.check.examples,
        "tokens": made.check.tokens if made.check.format else None,
        "epochs": made.epochs,
        "epochs_estimated": made.wish.epochs is None,
        "billed_tokens": made.billed_tokens,
        "training_usd_per_unit": made.training.amount_usd,
        "training_unit": made.training.unit,
        "training_usd": made.training_usd,
        "training_basis": made.training.basis,
        "hosting_sku": made.wish.sku,
        "hosting_usd_per_hour": made.hosting.amount_usd,
        "hosting_usd_per_month": made.hosting_usd_per_month,
        "hosting_basis": made.hosting.basis,
        "blockers": list(made.blockers),
        "notes": list(made.notes),
    }
