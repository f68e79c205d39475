"""Prices and support: a number with its source, or None; never a zero nobody published."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops_catalog import Catalog, read_catalog
from ftops_catalog.source import Origin

CATALOG = read_catalog()
CHARGES = ("hosting", "input", "cached_input", "output")
names = st.sampled_from([model.arm_id for model in CATALOG.models])
skus = st.sampled_from([sku.name for sku in CATALOG.skus])
regions = st.none() | st.sampled_from([region.name for region in CATALOG.regions])


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return CATALOG


@pytest.mark.parametrize(
    ("model", "charge", "sku", "region", "usd"),
    [
        ("gpt-4.1-mini", "hosting", "Standard", None, "1.7"),
        ("gpt-4.1-mini", "hosting", "standard", "East US 2", "1.7"),
        ("gpt-4.1-mini", "hosting", "GlobalStandard", "uksouth", "1.7"),
        ("gpt-4.1-mini", "input", "Standard", "northcentralus", "0.44"),
        ("gpt-4.1-mini", "input", "Standard", "swedencentral", "0.484"),
        ("gpt-4.1-mini", "cached_input", "GlobalStandard", "swedencentral", "0.1"),
        ("gpt-4.1-mini", "output", "DeveloperTier", "eastus", "1.6"),
        ("gpt-4o-mini", "hosting", "Standard", "southeastasia", "2.04"),
        ("Ministral-3B", "hosting", "GlobalStandard", None, "0.65"),
        ("gpt-4", "hosting", "Standard", None, "5.0"),
    ],
)
def test_a_list_price_is_the_published_one(
    catalog: Catalog, model: str, charge: str, sku: str, region: str | None, usd: str
) -> None:
    price = catalog.price(model, charge, sku=sku, region=region)

    assert price is not None
    assert price.amount_usd == Decimal(usd)
    assert price.unit == ("hour" if charge == "hosting" else "1M tokens")
    assert price.status == "sourced"


@pytest.mark.parametrize(
    ("model", "training_type", "region", "usd", "unit", "status"),
    [
        ("gpt-4.1", "globalStandard", None, "25.0", "1M tokens", "sourced"),
        ("gpt-4.1", "standard", "swedencentral", "30.25", "1M tokens", "sourced"),
        ("gpt-4.1", "developerTier", None, "12.5", "1M tokens", "derived"),
        ("gpt-4.1-nano", "developer", "eastus2", "0.75", "1M tokens", "observed"),
        ("o4-mini", "standard", None, "110.0", "hour", "sourced"),
        ("gpt-4o", "standard", "southeastasia", "33.00", "1M tokens", "sourced"),
        ("gpt-4o", "global", "southeastasia", "30.00", "1M tokens", "derived"),
    ],
)
def test_a_training_price_says_how_well_it_is_known(
    catalog: Catalog,
    *,
    model: str,
    training_type: str,
    region: str | None,
    usd: str,
    unit: str,
    status: str,
) -> None:
    price = catalog.price(model, "training", training_type=training_type, region=region)

    assert price is not None
    assert (price.amount_usd, price.unit, price.status) == (Decimal(usd), unit, status)


def test_a_developer_deployment_has_a_sourced_hosting_price_of_zero(catalog: Catalog) -> None:
    price = catalog.price("gpt-4.1-nano", "hosting", sku="DeveloperTier", region="eastus")

    assert price is not None
    assert price.amount_usd == 0
    assert price.status == "sourced"
    assert price.source == "D6, D11"


@pytest.mark.parametrize(
    ("model", "charge", "sku", "region"),
    [
        ("gpt-5", "hosting", "Standard", None),
        ("gpt-4.1-mini", "hosting", "DataZoneStandard", None),
        ("gpt-4.1-mini", "input", "DataZoneStandard", None),
        ("gpt-oss-20b", "hosting", "GlobalStandard", None),
        ("gpt-4o", "hosting", "DeveloperTier", None),
        ("gpt-4o", "input", "DeveloperTier", None),
        ("gpt-4.1", "hosting", "ProvisionedManaged", None),
        ("gpt-4.1", "input", "ProvisionedManaged", None),
        ("gpt-4.1", "hosting", "Standard", "uksouth"),
        ("Ministral-3B", "cached_input", "GlobalStandard", None),
        ("babbage-002", "input", "DeveloperTier", None),
    ],
)
def test_an_unknown_price_is_none(
    catalog: Catalog, model: str, charge: str, sku: str, region: str | None
) -> None:
    assert catalog.price(model, charge, sku=sku, region=region) is None


@pytest.mark.parametrize(
    ("model", "training_type"),
    [("gpt-5", "standard"), ("gpt-4.1", "data_zone"), ("o4-mini", "developer")],
)
def test_an_unknown_training_price_is_none(
    catalog: Catalog, model: str, training_type: str
) -> None:
    assert catalog.price(model, "training", training_type=training_type) is None


def test_the_developer_rate_names_no_meter_that_is_not_its_own(catalog: Catalog) -> None:
    developer = catalog.price("gpt-4.1", "input", sku="DeveloperTier")
    shared = catalog.price("gpt-4.1", "input", sku="GlobalStandard")

    assert developer is not None
    assert shared is not None
    assert developer.amount_usd == shared.amount_usd
    assert (developer.meter, shared.meter) == (None, "gpt-4.1-ft input global")


def test_provisioned_hosting_counts_every_unit(catalog: Catalog) -> None:
    assert catalog.hosting_usd_per_hour("gpt-4.1", "ProvisionedManaged", capacity=25) == 50
    assert catalog.hosting_usd_per_hour("gpt-4.1", "Standard", capacity=25) == Decimal("1.7")
    assert catalog.hosting_usd_per_hour("gpt-5", "Standard", capacity=25) is None


@given(names, st.sampled_from(CHARGES), skus, regions)
def test_no_price_is_zero_unless_the_sources_say_free(
    model: str, charge: str, sku: str, region: str | None
) -> None:
    price = CATALOG.price(model, charge, sku=sku, region=region)

    if price is not None:
        assert price.amount_usd > 0 or (charge, sku) == ("hosting", "DeveloperTier")
        assert price.amount_usd.is_finite()
        assert {*price.origin.sources} <= {source.key for source in CATALOG.sources}


@given(names, skus, regions)
def test_no_price_is_known_for_a_sku_that_does_not_serve_the_model(
    model: str, sku: str, region: str | None
) -> None:
    served = CATALOG.model(model).deploy_skus

    if served is not None and sku not in served:
        assert all(CATALOG.price(model, c, sku=sku, region=region) is None for c in CHARGES)


def test_every_row_names_sources_that_the_catalog_explains(catalog: Catalog) -> None:
    keys = {source.key for source in catalog.sources}
    origins: list[Origin] = [
        *(model.origin for model in catalog.models),
        *(region.origin for region in catalog.regions),
        *(sku.origin for sku in catalog.skus),
        *(limit.origin for limit in catalog.limits),
        *(role.origin for role in catalog.roles),
        *(policy.origin for policy in catalog.policies),
        *(price.origin for price in catalog.prices.prices.values()),
        *(surcharge.origin for surcharge in catalog.prices.surcharges),
        *(metric.origin for metric in catalog.metrics.metrics),
        *(error.origin for error in catalog.azure_errors.arm),
        *(status.origin for status in catalog.azure_errors.data_plane),
        *(rate_limit.origin for rate_limit in catalog.rate_limits.limits),
        *(origin for _, origin in catalog.usage_names.model_keys.values()),
        *(origin for _, origin in catalog.usage_names.observed_limits.values()),
        *(catalog.metrics.batch.origin, catalog.rate_limits.cost_query.origin),
        *(catalog.api.arm.origin, catalog.api.data_plane.origin, catalog.api.retail.origin),
        *(catalog.focus.origin, catalog.usage_names.origin),
    ]

    assert len(origins) > 300
    for origin in origins:
        assert {*origin.sources} <= keys
        assert origin.as_of <= catalog.collected


@pytest.mark.parametrize(
    ("model", "sku", "region", "answer"),
    [
        ("gpt-4.1-mini", "Standard", "swedencentral", True),
        ("gpt-4.1-mini", "Standard", "Sweden Central", True),
        ("gpt-4.1-mini", "Standard", "eastus2", False),
        ("gpt-4.1-mini", "globalstandard", "uksouth", True),
        ("gpt-4.1-mini", "DeveloperTier", "uksouth", True),
        ("gpt-4.1-mini", "DataZoneStandard", "eastus", None),
        ("gpt-4.1-mini", "ProvisionedManaged", "swedencentral", False),
        ("gpt-4.1", "ProvisionedManaged", "swedencentral", True),
        ("gpt-4.1", "ProvisionedManaged", "northcentralus", False),
        ("gpt-4o", "Standard", "northcentralus", False),
        ("gpt-4o", "DeveloperTier", "eastus2", False),
        ("Ministral-3B", "GlobalStandard", "eastus2", None),
        ("gpt-oss-120b", "GlobalStandard", "eastus2", False),
        ("gpt-35-turbo-0125", "Standard", "eastus2", None),
    ],
)
def test_a_tuned_model_goes_where_the_sources_say_and_else_unknown(
    catalog: Catalog, *, model: str, sku: str, region: str, answer: bool | None
) -> None:
    assert catalog.model(model).supports_deployment(sku, region) is answer


@pytest.mark.parametrize(
    ("model", "sku", "answer"),
    [
        ("gpt-4.1-mini", "Standard", None),
        ("gpt-4.1-mini", "DeveloperTier", False),
        ("gpt-4o-mini", "Standard", False),
    ],
)
def test_of_base_models_only_what_is_closed_is_known(
    catalog: Catalog, *, model: str, sku: str, answer: bool | None
) -> None:
    assert catalog.model(model).supports_deployment(sku, "eastus2", tuned=False) is answer


@pytest.mark.parametrize(
    ("model", "training_type", "region", "answer"),
    [
        ("gpt-4.1-mini", "Standard", "swedencentral", True),
        ("gpt-4.1-mini", "Standard", "eastus2", False),
        ("gpt-4.1-mini", "globalStandard", "uksouth", True),
        ("gpt-4.1-nano", "global", "polandcentral", False),
        ("gpt-4.1", "global", "uaenorth", False),
        ("Qwen3.8-27B", "global", "uaenorth", True),
        ("Qwen3.8-27B", "global", "westeurope", False),
        ("gpt-4.1-mini", "developerTier", "uksouth", None),
        ("gpt-4.1-mini", "data_zone", "eastus", None),
        ("gpt-5", "developer", "swedencentral", False),
        ("Ministral-3B", "standard", "eastus2", False),
    ],
)
def test_a_model_trains_where_the_sources_say_and_else_unknown(
    catalog: Catalog, *, model: str, training_type: str, region: str, answer: bool | None
) -> None:
    assert catalog.model(model).supports_training(training_type, region) is answer


def test_the_region_table_and_the_models_tell_the_same_story(catalog: Catalog) -> None:
    for region in catalog.regions:
        current = [model for model in catalog.models if not model.legacy]
        training = {m.name for m in current if m.training["standard"].covers(region.name)}
        deployed = {m.name for m in current if region.name in (m.standard_deploy_regions or ())}

        assert training == {*region.standard_training}
        assert deployed == {*region.standard_deployment}
