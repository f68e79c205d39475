"""A fine-tunable model: how it can be trained, where it can be deployed, until when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean
from ftops_catalog.region import region_key
from ftops_catalog.source import Origin

TRAINING_TYPES: Mapping[str, str] = {
    "standard": "standard",
    "datazone": "data_zone",
    "datazonestandard": "data_zone",
    "global": "global",
    "globalstandard": "global",
    "developer": "developer",
    "developertier": "developer",
}
DATED = re.compile(r"\d{4}(-\d{2}-\d{2})?")


@dataclass(frozen=True)
class Reach:
    """Whether something is offered, and where; None is "the sources do not say", for each."""

    supported: bool | None
    regions: tuple[str, ...] | None = None
    everywhere: bool = False

    def covers(self, region: str) -> bool | None:
        """Offered in this region: True, False, or None where it is not known."""
        if self.supported is not True or self.everywhere:
            return self.supported
        return None if self.regions is None else region_key(region) in self.regions


@dataclass(frozen=True)
class Lifecycle:
    """The days that end a model; None is a day that is not published, never "no end".

    `retirement` is the base model's; the other two are the tuned model's. From `base_closed` on
    Azure refuses new deployments of the base model, tuned ones continue.
    """

    status: str | None
    ga: date | None
    retirement: date | None
    training_retirement: date | None
    deployment_retirement: date | None
    base_closed: date | None
    note: str


@dataclass(frozen=True)
class Model:
    """One model version; every None is something the sources do not say.

    `format` is ARM's model format ("OpenAI"); `methods` are of sft, dpo, rft and vision.
    `training` has one entry per training type (standard, data_zone, global, developer);
    `deployment` one per SKU that serves the tuned model.
    """

    name: str
    version: str | None
    format: str | None
    methods: tuple[str, ...]
    modality: str | None
    training: Mapping[str, Reach] = field(hash=False)
    deployment: Mapping[str, Reach] | None = field(hash=False)
    deploy_skus: tuple[str, ...] | None
    standard_deploy_regions: tuple[str, ...] | None
    ptu_regions: tuple[str, ...] | None
    max_example_tokens: int | None
    rft_cost_cap_usd: Decimal | None
    data_format: str | None
    serving: tuple[str, ...]
    gated: bool
    preview: bool
    legacy: bool
    lifecycle: Lifecycle
    origin: Origin

    @property
    def arm_id(self) -> str:
        """The dated id that jobs and tuned models carry: "gpt-4.1-mini-2025-04-14"."""
        dated = self.version is not None and DATED.fullmatch(self.version)
        return f"{self.name}-{self.version}" if dated else self.name

    @property
    def sources(self) -> tuple[str, ...]:
        return self.origin.sources

    def supports_training(self, training_type: str, region: str) -> bool | None:
        """Whether the model can be trained so, there; None is not known."""
        return self.training[training_type_key(training_type)].covers(region)

    def supports_deployment(self, sku: str, region: str, *, tuned: bool = True) -> bool | None:
        """Whether the SKU serves the model there, tuned or as the base; None is not known.

        The sources list where tuned models go. Of base models they say only which are closed
        to new deployments, and that DeveloperTier takes none.
        """
        if not tuned:
            closed = self.lifecycle.base_closed is not None or sku.lower() == "developertier"
            return False if closed else None
        if self.deployment is None:
            return None
        reach = {name.lower(): reach for name, reach in self.deployment.items()}.get(sku.lower())
        return False if reach is None else reach.covers(region)


def training_type_key(name: str) -> str:
    """Every spelling that jobs use ("globalStandard", "developerTier") as the catalog's key."""
    key = TRAINING_TYPES.get(name.replace("_", "").replace("-", "").lower())
    if key is None:
        kinds = dict.fromkeys(TRAINING_TYPES.values())
        raise BadConfig(f"There is no training type {name!r}.", did_you_mean(name, kinds))
    return key
