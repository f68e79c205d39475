"""Every sourced row of the shared fact sheet is in the catalog, with the same value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from ftops_catalog import Catalog, Model, read_catalog
from ftops_catalog.limit import Limit

FACTS = Path(__file__).parents[2].parent / "shared" / "catalog-facts.yaml"
if not FACTS.exists():
    pytest.skip("there is no shared fact sheet beside this checkout", allow_module_level=True)

Facts = dict[str, Any]
SHEET: Facts = yaml.safe_load(FACTS.read_text("utf-8"))
MODELS: list[Facts] = SHEET["models"]
READ_ELSEWHERE = {
    *("name", "version", "methods", "training", "lifecycle", "meters", "sources"),
    *("developer_training_price_status", "regional_overrides", "price_source"),
    *("training_price_per_1m", "training_price_per_hour", "hosting_per_hour"),
    *("input_per_1m", "cached_input_per_1m", "output_per_1m", "deploy_model_format"),
}
SCOPE_OF_SKU = {"Standard": "regional", "GlobalStandard": "global", "DeveloperTier": "developer"}
CHARGES = {
    "input_per_1m": "input",
    "cached_input_per_1m": "cached_input",
    "output_per_1m": "output",
}
METERS = {"cached_input": "cached"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog()


def model_of(catalog: Catalog, row: Facts) -> Model:
    return catalog.model(row["name"], row["version"])


def name_of(row: Facts) -> str:
    return f"{row['name']} {row['version'] or ''}".strip()


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def amount(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def plain(value: Any) -> Any:
    """A typed value as the fact sheet writes it."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def test_the_catalog_has_the_models_of_the_sheet_and_no_others(catalog: Catalog) -> None:
    assert [(m.name, m.version) for m in catalog.models] == [
        (row["name"], row["version"]) for row in MODELS
    ]
    assert str(catalog.collected) == SHEET["meta"]["collected"]


@pytest.mark.parametrize("row", MODELS, ids=name_of)
def test_a_model_has_every_plain_fact_of_its_row(catalog: Catalog, row: Facts) -> None:
    model = model_of(catalog, row)

    assert list(model.methods) == row["methods"]
    if row.get("deploy_model_format"):
        assert model.format == row["deploy_model_format"]
    for key in row.keys() - READ_ELSEWHERE:
        assert plain(getattr(model, key)) == row[key], key
    for key in ("deploy_skus", "standard_deploy_regions", "ptu_regions", "modality"):
        assert key in row or getattr(model, key) is None, f"{key} is said by no source"
    assert {*model.sources} | {"P1", "P2", "P4"} >= {*row["sources"]}


@pytest.mark.parametrize("row", MODELS, ids=name_of)
def test_a_model_trains_as_and_where_the_sheet_says(catalog: Catalog, row: Facts) -> None:
    training, model = row["training"], model_of(catalog, row)
    listed = {r["name"] for r in SHEET["regions"] if r[training["global_regions_ref"]]}
    excluded = training.get("global_excluded_regions", [])

    for kind in ("standard", "data_zone", "global", "developer"):
        assert model.training[kind].supported is training[kind]
    assert list(model.training["standard"].regions or ()) == training["regions"]
    assert {*(model.training["global"].regions or ())} == listed - {*excluded}


@pytest.mark.parametrize("row", MODELS, ids=name_of)
def test_a_model_ends_on_the_days_of_the_sheet(catalog: Catalog, row: Facts) -> None:
    life, ours = row["lifecycle"], model_of(catalog, row).lifecycle

    assert ours.status == life["deprecation"]
    assert ours.note == life.get("note", "")
    for key in ("ga", "retirement", "training_retirement", "deployment_retirement"):
        assert getattr(ours, key) == day(life[key]), key


def rates(row: Facts) -> list[tuple[str, str, float | None]]:
    """Charge, scope and amount of every price cell of a model's row, unknown ones included."""
    training = row.get("training_price_per_hour") or row["training_price_per_1m"] or {}
    cells = [("training", scope, usd) for scope, usd in training.items()]
    for sku, usd in (row["hosting_per_hour"] or {}).items():
        if sku in SCOPE_OF_SKU:
            cells.append(("hosting", SCOPE_OF_SKU[sku], usd))
    for key, charge in CHARGES.items():
        cells += [(charge, scope, usd) for scope, usd in (row[key] or {}).items()]
    return cells


@pytest.mark.parametrize("row", MODELS, ids=name_of)
def test_every_price_is_the_sheets_and_what_it_does_not_know_is_unknown(
    catalog: Catalog, row: Facts
) -> None:
    model = model_of(catalog, row)
    known = {(charge, scope): amount(usd) for charge, scope, usd in rates(row)}

    for charge in ("training", "hosting", "input", "cached_input", "output"):
        for scope in ("regional", "global", "developer"):
            price = catalog.prices.find(model.arm_id, charge, scope, None)
            expected = known.get((charge, scope))
            assert (price and price.amount_usd) == expected, (charge, scope)
            if price is not None:
                meter = row.get("meters", {}).get(f"{METERS.get(charge, charge)}_{scope}")
                assert price.meter == meter, (charge, scope)


@pytest.mark.parametrize("row", MODELS, ids=name_of)
def test_the_status_of_a_price_is_the_sheets(catalog: Catalog, row: Facts) -> None:
    model = model_of(catalog, row)
    developer = catalog.price(model, "training", training_type="developer")
    said = row.get("developer_training_price_status") or "unverified"
    training = catalog.price(model, "training", training_type="global")

    assert ("unverified" if developer is None else developer.status) == said.split("_")[0]
    if training is not None:
        assert training.status == "sourced"
        assert training.source.split(", ")[0] == row["price_source"].split()[0]
        assert str(training.as_of) in row["price_source"]


@pytest.mark.parametrize("row", MODELS, ids=name_of)
def test_a_price_of_a_region_of_its_own_stands(catalog: Catalog, row: Facts) -> None:
    model = model_of(catalog, row)

    for region, cells in row.get("regional_overrides", {}).items():
        for key, usd in cells.items():
            charge = "cached_input" if key == "cached" else key
            price = catalog.prices.find(model.arm_id, charge, "regional", region)
            assert price is not None
            assert price.amount_usd == amount(usd), (charge, region)
            assert price.region == region


@pytest.mark.parametrize("row", SHEET["regions"], ids=lambda row: row["name"])
def test_a_region_is_the_sheets(catalog: Catalog, row: Facts) -> None:
    region = catalog.region(row["name"])

    assert ",".join(region.origin.sources) == row["source"]
    for key in row.keys() - {"source"}:
        assert plain(getattr(region, key)) == row[key], key


@pytest.mark.parametrize("row", SHEET["skus"], ids=lambda row: row["name"])
def test_a_sku_is_the_sheets(catalog: Catalog, row: Facts) -> None:
    sku = catalog.sku(row["name"])

    assert ",".join(sku.origin.sources) == row["source"]
    for key in row.keys() - {"source"}:
        assert getattr(sku, key) == row[key], key


def flat(table: Facts, prefix: str = "") -> dict[str, Any]:
    """Nested limits under dotted names."""
    limits: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            limits |= flat(value, f"{prefix}{key}.")
        elif key != "sources":
            limits[prefix + key] = value
    return limits


LIMITS = flat(SHEET["limits"])


def test_there_is_a_limit_for_each_of_the_sheets(catalog: Catalog) -> None:
    assert [limit.name for limit in catalog.limits] == list(LIMITS)


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_the_sheets(catalog: Catalog, name: str) -> None:
    limit: Limit = catalog.limit(name)
    value = LIMITS[name]
    amounts = isinstance(value, list) and isinstance(value[0], float)

    assert plain(limit.value) == ([Decimal(str(item)) for item in value] if amounts else value)
    assert type(limit.value) in {type(value), tuple}
    assert (limit.status == "superseded") is name.startswith("legacy_values")
