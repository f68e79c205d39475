"""What this Azure offers: regions, models, the SKUs they are served with, and default quotas."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

# SKUs that serve everywhere; the others serve where a model's row says.
_EVERYWHERE = ("GlobalStandard", "DeveloperTier")
_TUNED = re.compile(r"(?P<base>.+?)\.ft-[0-9a-f]{32}(?:[-:][A-Za-z0-9_:.-]+)?", re.IGNORECASE)
_CHECKPOINT = re.compile(r"ftchkpt-[0-9a-f]{32}", re.IGNORECASE)


@dataclass(frozen=True)
class Model:
    """One row of data/offer.toml; a date that nobody has published is None."""

    name: str
    version: str
    key: str
    label: str
    lifecycle: str
    base_skus: tuple[str, ...]
    format: str = "OpenAI"
    tuned_format: str = ""
    capability: str = "chatCompletion"
    kinds: tuple[str, ...] = ("OpenAI", "AIServices")
    base_standard_regions: tuple[str, ...] = ()
    tuned_skus: tuple[str, ...] = ()
    tuned_standard_regions: tuple[str, ...] = ()
    tuned_ptu_regions: tuple[str, ...] = ()
    training_regions: tuple[str, ...] = ()
    training_types: tuple[str, ...] = ()
    untrained_regions: tuple[str, ...] = ()
    base_deployable_until: date | None = None
    inference_until: date | None = None
    training_until: date | None = None
    tuned_until: date | None = None
    requests_per_unit: int = 6

    def skus(self, region: str, *, tuned: bool = False) -> tuple[str, ...]:
        """The SKUs that serve this model, or a tuned one made from it, in a region."""
        return tuple(s for s in self._listed(tuned=tuned) if self._serves(s, region, tuned=tuned))

    def trains(self, region: str, training_type: str) -> bool:
        """Whether a training type (Standard, GlobalStandard, Developer) runs in a region."""
        if training_type not in self.training_types or region in self.untrained_regions:
            return False
        return training_type != "Standard" or region in self.training_regions

    def end(self, *, tuned: bool) -> date | None:
        """The first day on which a new deployment is refused."""
        if tuned:
            return self.tuned_until
        return self.base_deployable_until or self.inference_until

    def served_until(self, *, tuned: bool) -> date | None:
        """The first day on which calls are refused; None where nobody has published it."""
        return self.tuned_until if tuned else self.inference_until

    def is_named(self, name: str) -> bool:
        """By its short name, or by its dated one such as `gpt-4.1-mini-2025-04-14`."""
        return name.casefold() in (self.name.casefold(), f"{self.name}-{self.version}".casefold())

    def _listed(self, *, tuned: bool) -> tuple[str, ...]:
        return self.tuned_skus if tuned else self.base_skus

    def _serves(self, sku: str, region: str, *, tuned: bool) -> bool:
        if sku in _EVERYWHERE:
            return True
        if sku == "DataZoneStandard":
            return region in offer().us_zone or not tuned
        if sku == "ProvisionedManaged" and tuned:
            return region in self.tuned_ptu_regions
        return region in (self.tuned_standard_regions if tuned else self.base_standard_regions)


@dataclass(frozen=True)
class Offer:
    """The whole of data/offer.toml."""

    regions: tuple[str, ...]
    us_zone: tuple[str, ...]
    limits: Mapping[str, int]
    quota: Mapping[str, int]
    models: tuple[Model, ...]

    def find(
        self, name: str, version: str | None = None, publisher: str | None = None
    ) -> Model | None:
        """The model with this short or dated name; version and format only where given."""
        for model in self.models:
            wanted = {model.format.casefold(), (model.tuned_format or model.format).casefold()}
            if (
                model.is_named(name)
                and version in (None, "", model.version)
                and (publisher is None or publisher.casefold() in wanted)
            ):
                return model
        return None

    def sku(self, name: str) -> str | None:
        """A SKU's proper spelling; clients send any letter case."""
        known = {sku.casefold(): sku for m in self.models for sku in (*m.base_skus, *m.tuned_skus)}
        return known.get(name.casefold())


def base_of_tuned(name: str) -> str | None:
    """The base part of `<base>.ft-<32 hex>[-suffix]`, or None when it is no such name."""
    match = _TUNED.fullmatch(name)
    return match["base"] if match else None


def is_tuned_name(name: str) -> bool:
    """Whether a model's name is that of a tuned model or of a checkpoint."""
    return bool(_TUNED.fullmatch(name) or _CHECKPOINT.fullmatch(name))


def pool_name(model: Model, sku: str, *, tuned: bool) -> str:
    """The usage name of a quota pool, such as `OpenAI.Standard.gpt4.1-mini-finetune`.

    Provisioned throughput has one pool for all models, base and tuned.
    """
    if "Provisioned" in sku:
        return f"OpenAI.{sku}"
    publisher = model.format.replace(" ", "")
    return f"{publisher}.{sku}.{model.key}{'-finetune' if tuned else ''}"


def pool_label(model: Model, sku: str, *, tuned: bool) -> str:
    """What Azure's quota messages call the pool."""
    if "Provisioned" in sku:
        return "Provisioned Managed Throughput Unit"
    return f"Tokens Per Minute (thousands) - {model.label}{' - finetune' if tuned else ''}"


def midnight(day: date) -> datetime:
    """The moment at which a day begins in UTC."""
    return datetime.combine(day, time(), UTC)


@cache
def offer() -> Offer:
    """data/offer.toml, read once."""
    text = files("ftops_sandbox").joinpath("data/offer.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Offer(
        tuple(table["regions"]),
        tuple(table["us_zone"]),
        table["limits"],
        table["quota"],
        tuple(_model(row) for row in table["model"]),
    )


def _model(row: Mapping[str, Any]) -> Model:
    known = {field.name for field in fields(Model)}
    assert row.keys() <= known, f"{row['name']}: unknown columns {sorted(row.keys() - known)}"
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return Model(**{**row, **lists})
