"""The catalog: what Azure offers for fine-tuning, read once from the files beside this module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ftops_catalog.errors import BadConfig
from ftops_catalog.hint import did_you_mean
from ftops_catalog.model import Model, training_type_key
from ftops_catalog.model_id import parse_model_id
from ftops_catalog.model_row import parse_model
from ftops_catalog.price import CHARGES, Price, PriceList, parse_price_list
from ftops_catalog.region import Region, parse_region, region_key
from ftops_catalog.row import Record, Row, read_rows, read_table
from ftops_catalog.sku import Sku, parse_sku
from ftops_catalog.source import Source, parse_source

if TYPE_CHECKING:
    from ftops_catalog.api import Api
    from ftops_catalog.azure_error import AzureErrors
    from ftops_catalog.focus import Focus
    from ftops_catalog.limit import Limit
    from ftops_catalog.metric import Metric, Metrics
    from ftops_catalog.policy import Policy
    from ftops_catalog.rate_limit import RateLimits
    from ftops_catalog.role import Role
    from ftops_catalog.usage_name import UsageName, UsageNames

DATA = Path(__file__).with_name("data")
TOKEN_SCOPES = {"Standard": "regional", "GlobalStandard": "global", "DeveloperTier": "global"}
HOSTING_SCOPES = TOKEN_SCOPES | {"DeveloperTier": "developer"}
TRAINING_SCOPES = {"standard": "regional", "global": "global", "developer": "developer"}

REPAIR = "Correct the catalog file or reinstall ftops."


@dataclass(frozen=True)
class Catalog:
    """Typed tables with lookups by name; every lookup takes any letter case.

    `collected` is the day on which the rows were put together. Models, regions and SKUs are
    read with the catalog; each other table is read and validated on first use, its module
    imported. `model`, `region`, `sku` and their like raise BadConfig with a hint; `find_` answers
    None instead.
    """

    folder: Path
    collected: date
    sources: tuple[Source, ...]
    regions: tuple[Region, ...]
    skus: tuple[Sku, ...]
    models: tuple[Model, ...]

    def find_model(self, name: str, version: str | None = None) -> Model | None:
        """The same model, or None if it is unknown or the name alone fits several versions."""
        found = self._versions(name, version)
        return found[0] if len(found) == 1 else None

    def model(self, name: str, version: str | None = None) -> Model:
        """The model of "gpt-4.1-mini", "gpt-4.1-mini-2025-04-14" or a tuned id (its base)."""
        found = self._versions(name, version)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(model.arm_id for model in found)
            raise BadConfig(f"The model {name!r} has several versions.", f"Name one of {ids}.")
        versions = self._versions(name, None)
        if versions:
            hint = did_you_mean(str(version), [model.version or "none" for model in versions])
            raise BadConfig(f"The model {name!r} has no version {version!r} to fine-tune.", hint)
        known = [model.name for model in self.models] + [model.arm_id for model in self.models]
        hint = did_you_mean(parse_model_id(name).root, known)
        raise BadConfig(f"The catalog has no model {name!r} to fine-tune.", hint)

    def _versions(self, name: str, version: str | None) -> list[Model]:
        """A tuned model's own version is always "1", so it says nothing about its base."""
        model_id = parse_model_id(name)
        wanted = None if model_id.tuned else version
        named = self._named.get(model_id.root.lower(), ())
        return [model for model in named if wanted in {None, model.version}]

    @cached_property
    def _named(self) -> dict[str, list[Model]]:
        """Models by each of their names in lower case: rules look thousands of them up."""
        found: dict[str, list[Model]] = {}
        for model in self.models:
            for name in {model.name.lower(), model.arm_id.lower()}:
                found.setdefault(name, []).append(model)
        return found

    def find_region(self, name: str) -> Region | None:
        return next((r for r in self.regions if r.name == region_key(name)), None)

    def region(self, name: str) -> Region:
        """The region of "eastus2" or "East US 2"."""
        region = self.find_region(name)
        if region is None:
            hint = did_you_mean(region_key(name), [region.name for region in self.regions])
            raise BadConfig(f"The catalog has no region {name!r}.", hint)
        return region

    def find_sku(self, name: str) -> Sku | None:
        return next((sku for sku in self.skus if sku.name.lower() == name.strip().lower()), None)

    def sku(self, name: str) -> Sku:
        """The SKU of a name: Azure's own docs write "standard" as well as "Standard"."""
        sku = self.find_sku(name)
        if sku is None:
            hint = did_you_mean(name, [sku.name for sku in self.skus])
            raise BadConfig(f"The catalog has no SKU {name!r}.", hint)
        return sku

    def limit(self, name: str) -> Limit:
        return named(self.limits, "name", name, "limit")

    def metric(self, name: str) -> Metric:
        return named(self.metrics.metrics, "name", name, "metric")

    def role(self, name: str) -> str:
        """The GUID of a built-in role's definition."""
        return named(self.roles, "name", name, "role").id

    def policy(self, policy_id: str) -> Policy:
        return named(self.policies, "id", policy_id, "policy")

    def usage_name(self, model: str | Model, sku: str, *, tuned: bool) -> UsageName:
        """The quota pool that a deployment of the model on the SKU draws from."""
        return self.usage_names.find(self._model(model).name, self.sku(sku).name, tuned=tuned)

    def price(
        self,
        model: str | Model,
        charge_type: str,
        *,
        sku: str | None = None,
        training_type: str | None = None,
        region: str | None = None,
    ) -> Price | None:
        """The list price of one kind of charge in USD, or None where it is not known.

        `training` needs a training type, the other charges a SKU. A sourced zero (DeveloperTier
        has no hosting fee) is a Price of 0. Provisioned capacity is billed by the unit and hour
        and has neither hosting nor token prices: see `hosting_usd_per_hour`.
        """
        assert charge_type in CHARGES, f"{charge_type} is not a charge type"
        found = self._model(model)
        scope = self._scope(found, charge_type, sku, training_type)
        if scope is None:
            return None
        where = None if region is None else region_key(region)
        price = self.prices.find(found.arm_id, charge_type, scope, where)
        if price is not None and charge_type != "hosting" and self._is_developer(sku):
            # Developer tokens are billed at the GlobalStandard rate, on meters of their own.
            sources = tuple(dict.fromkeys((*price.origin.sources, "D11")))
            return replace(price, meter=None, origin=replace(price.origin, sources=sources))
        return price

    def hosting_usd_per_hour(
        self, model: str | Model, sku: str, *, capacity: int, region: str | None = None
    ) -> Decimal | None:
        """What a tuned deployment costs for standing there an hour, PTUs counted by capacity."""
        found = self.sku(sku)
        if found.ptu_hour_usd is not None:
            return found.ptu_hour_usd * capacity
        price = self.price(model, "hosting", sku=sku, region=region)
        return None if price is None else price.amount_usd

    def _model(self, model: str | Model) -> Model:
        return model if isinstance(model, Model) else self.model(model)

    def _is_developer(self, sku: str | None) -> bool:
        return sku is not None and self.sku(sku).name == "DeveloperTier"

    def _scope(
        self, model: Model, charge_type: str, sku: str | None, training_type: str | None
    ) -> str | None:
        """Which meter bills it; None where no meter is known or Azure does not offer it."""
        if charge_type == "training":
            assert training_type is not None, "a training price needs its training type"
            return TRAINING_SCOPES.get(training_type_key(training_type))
        assert sku is not None, f"the price of {charge_type} needs its SKU"
        name = self.sku(sku).name
        served = model.deploy_skus
        if name not in served if served is not None else name == "DeveloperTier":
            return None
        return (HOSTING_SCOPES if charge_type == "hosting" else TOKEN_SCOPES).get(name)

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        from ftops_catalog.limit import parse_limit

        return self._table("limits.toml", "limit", parse_limit)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        from ftops_catalog.role import parse_role

        return self._table("roles.toml", "role", parse_role)

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        from ftops_catalog.policy import parse_policy

        return self._table("policies.toml", "policy", parse_policy)

    @cached_property
    def prices(self) -> PriceList:
        return parse_price_list(read_rows(self.folder / "prices.toml"))

    @cached_property
    def usage_names(self) -> UsageNames:
        from ftops_catalog.usage_name import parse_usage_names

        return parse_usage_names(read_rows(self.folder / "usage_names.toml"))

    @cached_property
    def metrics(self) -> Metrics:
        from ftops_catalog.metric import parse_metrics

        return parse_metrics(read_rows(self.folder / "metrics.toml"))

    @cached_property
    def azure_errors(self) -> AzureErrors:
        from ftops_catalog.azure_error import parse_azure_errors

        return parse_azure_errors(read_rows(self.folder / "azure_errors.toml"))

    @cached_property
    def rate_limits(self) -> RateLimits:
        from ftops_catalog.rate_limit import parse_rate_limits

        return parse_rate_limits(read_rows(self.folder / "rate_limits.toml"))

    @cached_property
    def focus(self) -> Focus:
        from ftops_catalog.focus import parse_focus

        return parse_focus(read_rows(self.folder / "focus.toml"))

    @cached_property
    def api(self) -> Api:
        from ftops_catalog.api import parse_api

        return parse_api(read_rows(self.folder / "api.toml"))

    def _table(self, file: str, key: str, parse: Callable[[Row], Record]) -> tuple[Record, ...]:
        return read_table(self.folder / file, key, parse)


@cache
def read_catalog(folder: Path = DATA) -> Catalog:
    """The catalog of the installed package, read and validated once per process."""
    head = read_rows(folder / "sources.toml")
    sources = tuple(parse_source(row) for row in head.rows("source"))
    collected, currency = head.day("collected"), head.required("currency", str)
    head.close()
    assert currency == "USD", "every amount of the catalog is in USD"
    regions = read_table(folder / "regions.toml", "region", parse_region)
    catalog = Catalog(
        folder=folder,
        collected=collected,
        sources=sources,
        regions=regions,
        skus=read_table(folder / "skus.toml", "sku", parse_sku),
        models=read_table(folder / "models.toml", "model", lambda row: parse_model(row, regions)),
    )
    check(catalog)
    return catalog


def check(catalog: Catalog) -> None:
    """Names are unique, and a model speaks only of regions and SKUs that the catalog has."""
    regions = [region.name for region in catalog.regions]
    skus = [sku.name for sku in catalog.skus]
    ids = [model.arm_id for model in catalog.models]
    for names in (regions, skus, ids, [source.key for source in catalog.sources]):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise BadConfig(f"The catalog lists {', '.join(twice)} twice.", REPAIR)
    for model in catalog.models:
        named = {*(model.standard_deploy_regions or ()), *(model.ptu_regions or ())}
        unknown = sorted((named - {*regions}) | ({*(model.deploy_skus or ())} - {*skus}))
        if unknown:
            raise BadConfig(f"{model.arm_id} names {', '.join(unknown)}, of no table.", REPAIR)


def named(records: Sequence[Record], key: str, name: str, kind: str) -> Record:
    """The record whose `key` is the name, in any letter case."""
    index = {str(getattr(record, key)).lower(): record for record in records}
    record = index.get(name.strip().lower())
    if record is None:
        known = [str(getattr(record, key)) for record in records]
        raise BadConfig(f"The catalog has no {kind} {name!r}.", did_you_mean(name, known))
    return record
