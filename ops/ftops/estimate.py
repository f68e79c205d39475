"""What a training job would cost, from a checked file: tokens, epochs, prices, limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ftops.dataset.check import Check
from ftops.dataset.limits import Limits
from ftops.price import TOKENS, PriceBook, Priced, Quote
from ftops_catalog.catalog import Catalog
from ftops_catalog.model import Model, training_type_key

TARGET_EPOCHS = 3
EPOCHS_MAX = 25
VISITS_MIN = 100
VISITS_MAX = 25_000
"""The rule of openai-cookbook's Chat_finetuning_data_prep for a job that names no epochs."""

HOURS_PER_MONTH = 24 * 30
TRAINING_TYPES = ("Standard", "GlobalStandard", "Developer")
SKU_OF: Mapping[str, str] = {
    "standard": "Standard",
    "data_zone": "DataZoneStandard",
    "global": "GlobalStandard",
    "developer": "DeveloperTier",
}
"""The way to deploy that goes with a way to train: same residency, same class of price."""
MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Wish:
    """What a job is to be; `region` "" and `epochs` None are left open."""

    model: Model
    training_type: str = "Standard"
    region: str = ""
    epochs: int | None = None

    @property
    def sku(self) -> str:
        return SKU_OF[training_type_key(self.training_type)]


@dataclass(frozen=True)
class Estimate:
    """The price of a job before it starts; None is a price that nobody knows, never zero.

    `billed_tokens` are the tokens of the file times the epochs. `blockers` are sentences that
    say why Azure would not take the job, `notes` what the figures rest on.
    """

    wish: Wish
    check: Check
    epochs: int
    billed_tokens: int
    training: Quote
    training_usd: Decimal | None
    hosting: Quote
    blockers: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def hosting_usd_per_month(self) -> Decimal | None:
        rate = self.hosting.amount_usd
        return None if rate is None else rate * HOURS_PER_MONTH


def estimate(check: Check, wish: Wish, prices: PriceBook) -> Estimate:
    """Prices the job; pure, and total for any check."""
    name = wish.model.arm_id
    epochs = wish.epochs or default_epochs(check.examples)
    billed = check.billable_tokens * epochs
    training = prices.quote(
        Priced(name, "training", training_type=wish.training_type, region=wish.region)
    )
    hosting = prices.quote(Priced(name, "hosting", sku=wish.sku, region=wish.region, capacity=1))
    return Estimate(
        wish=wish,
        check=check,
        epochs=epochs,
        billed_tokens=billed,
        training=training,
        training_usd=training_usd(billed, training),
        hosting=hosting,
        blockers=tuple(blockers(billed, wish, prices.catalog)),
        notes=tuple(notes(check, wish, training, hosting)),
    )


def default_epochs(examples: int) -> int:
    """How often a job visits its examples where nobody says: three times, within bounds."""
    if examples * TARGET_EPOCHS < VISITS_MIN:
        return min(EPOCHS_MAX, VISITS_MIN // max(1, examples))
    if examples * TARGET_EPOCHS > VISITS_MAX:
        return max(1, VISITS_MAX // examples)
    return TARGET_EPOCHS


def training_usd(billed_tokens: int, rate: Quote) -> Decimal | None:
    """Tokens times rate; None for an unknown rate and for training billed by the hour."""
    if rate.amount_usd is None or rate.unit != TOKENS:
        return None
    return rate.amount_usd * billed_tokens / MILLION


def blockers(billed_tokens: int, wish: Wish, catalog: Catalog) -> Iterator[str]:
    """Why Azure would refuse; what is not known does not block."""
    most = catalog.limit("job_tokens_times_epochs").count
    name = wish.model.arm_id
    if billed_tokens > most:
        yield f"the job would train on {billed_tokens} tokens, and one job takes {most}"
    offered = wish.model.training[training_type_key(wish.training_type)]
    if offered.supported is False:
        yield f"{name} has no {wish.training_type} training"
    elif wish.region and offered.covers(wish.region) is False:
        where = ", ".join(offered.regions or ()) or "other regions"
        yield f"{name} has {wish.training_type} training in {where}, not in {wish.region}"


def notes(check: Check, wish: Wish, training: Quote, hosting: Quote) -> Iterator[str]:
    if wish.epochs is None:
        yield "the epochs are a guess: Azure chooses them where --epochs does not"
    if not wish.region:
        yield "no region is named: --region makes the prices those of one"
    if training.amount_usd is None:
        yield f"training price {training.basis}"
    elif training.unit != TOKENS:
        yield f"{wish.model.arm_id} is billed by the hour of training, which the data do not tell"
    if hosting.amount_usd is None:
        yield f"hosting price {hosting.basis}"
    if not check.ok:
        yield f"the file has {check.said}: ftops data check {check.path}"


def limits_of(catalog: Catalog, model: Model | None = None) -> Limits:
    """What the catalog says a file is held to, and the model's own reach where one is named."""
    return Limits(
        examples_min=catalog.limit("min_examples").count,
        file_bytes_max=catalog.limit("file_bytes_api").count,
        model=model.arm_id if model else "",
        methods=model.methods if model else None,
        example_tokens_max=model.max_example_tokens if model else None,
        tools_max=catalog.limit("chat_tools").count,
        images_per_example_max=catalog.limit("vision.max_images_per_example").count,
        image_bytes_max=catalog.limit("vision.max_image_bytes").count,
        image_examples_max=catalog.limit("vision.max_image_examples").count,
    )
