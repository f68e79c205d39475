"""What a job spec may say: one fine-tuning job, its files, its options and its budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Strict, ValidationInfo

from ftops.dataset.rule import RULE_IDS
from ftops.declared.part import Fits, Part, Region, catalog_of, quoted, wrong
from ftops.job import SUFFIX
from ftops.place import Map, Problem
from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean

GRADERS: Final = ("string_check", "text_similarity", "score_model", "python", "multi")
SEED_MAX: Final = 2**31 - 1


def _environment(value: str, info: ValidationInfo) -> str:
    known = (info.context or {}).get("environments", ())
    if known and value not in known:
        raise wrong("there is no environment {value}", did_you_mean(value, known))
    return value


def _model(value: str, info: ValidationInfo) -> str:
    """A model that can be tuned, or a tuned one by its whole id, as it is written."""
    try:
        catalog_of(info).model(value)
    except BadConfig as error:
        raise quoted(error) from error
    return value


def _file(value: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder", Path())
    if not (folder / value).is_file():
        raise wrong("{key}: there is no file {value}", "a path from the spec's own folder")
    return value


def _money(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        amount = Decimal(0)
    if isinstance(value, bool) or not amount.is_finite() or amount <= 0:
        raise wrong("{key} is {value}", "write an amount in USD, such as 25.50")
    return amount


def _data_rule(value: str) -> str:
    if value not in RULE_IDS:
        raise wrong("there is no data rule {value}", did_you_mean(value, RULE_IDS))
    return value


def _grader(value: dict[str, Any]) -> dict[str, Any]:
    kind = value.get("type")
    if kind not in GRADERS:
        raise wrong(
            "{key} is of no type that Azure has", f"type: one of {', '.join(sorted(GRADERS))}"
        )
    return value


def _within(low: float, high: float) -> AfterValidator:
    def check(value: float) -> float:
        if not low <= value <= high:
            raise wrong("{key} is {value}", f"write a number from {low} to {high}")
        return value

    return AfterValidator(check)


FilePath = Annotated[str, AfterValidator(_file)]


class JobKeys(Part):
    """A job spec's keys, in snake case, as Azure's fine-tuning API writes its own."""

    model_config = ConfigDict(alias_generator=None)

    environment: Annotated[str, AfterValidator(_environment)]
    """Whose rules the job keeps; the account that it is submitted to is of the same one."""
    model: Annotated[str, AfterValidator(_model)]
    """The model to train, or a tuned one to train on."""
    region: Region | None = None
    """Where it trains; the environment's own region where all its accounts are in one."""
    training_type: Literal["Standard", "GlobalStandard", "Developer"] = "Standard"
    """Standard keeps data in the region, the others are cheaper and do not."""
    method: Literal["sft", "dpo", "rft"] | None = None
    """As the file's format says, where it is left out."""
    grader: Annotated[dict[str, Any], AfterValidator(_grader)] | None = None
    """What a reinforcement job is graded by, as Azure's own JSON."""
    training_file: FilePath
    """From the spec's folder."""
    validation_file: FilePath | None = None
    """Held-out examples, from the spec's folder."""
    suffix: Annotated[str, Fits(SUFFIX.pattern, "up to 40 of a-z A-Z 0-9 - _")] | None = None
    """Ends the tuned model's name."""
    epochs: Annotated[int, Strict(), _within(1, 50)] | None = None
    """How often the job visits each example; Azure chooses where it is left out."""
    batch_size: Annotated[int, Strict(), _within(1, 256)] | None = None
    """Examples per training step."""
    learning_rate_multiplier: Annotated[float, Strict(), _within(0.0001, 10)] | None = None
    """0.02 to 0.2 is advised."""
    seed: Annotated[int, Strict(), _within(0, SEED_MAX)] | None = None
    """Derived from the rest where it is left out."""
    budget_usd: Annotated[Decimal, BeforeValidator(_money)] | None = None
    """What the job may cost; a reinforcement job needs one."""
    allow: tuple[Annotated[str, AfterValidator(_data_rule)], ...] = ()
    """Data rules that the files may break, by their ids in docs/data.md."""


def contradictions(written: Mapping[str, Any], where: Map) -> Iterator[Problem]:
    """What cannot be said together."""
    if written.get("method") == "rft":
        method = where.place(("method",))
        if not written.get("grader"):
            hint = "grader: {type: string_check, ...}, as Azure's guide to reinforcement has it"
            yield Problem(method, "method is rft, and no grader is set", hint)
        if not written.get("validation_file"):
            hint = "validation_file: held-out.jsonl"
            yield Problem(method, "method is rft, and no validation_file is set", hint)
    elif written.get("grader"):
        grader = where.place(("grader",))
        yield Problem(grader, "grader is set, and method is not rft", "method: rft")
