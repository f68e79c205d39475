"""The smaller tables hold what the shared fact sheet says: APIs, errors, metrics, roles, names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ftops_catalog import Catalog, read_catalog

FACTS = Path(__file__).parents[2].parent / "shared" / "catalog-facts.yaml"
if not FACTS.exists():
    pytest.skip("there is no shared fact sheet beside this checkout", allow_module_level=True)

SHEET: dict[str, Any] = yaml.safe_load(FACTS.read_text("utf-8"))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog()


def test_the_sheet_has_no_section_that_the_catalog_does_not_hold() -> None:
    assert SHEET.keys() == {
        *("meta", "models", "regions", "skus", "limits", "api", "errors", "metrics"),
        *("rate_limits", "focus", "usage_names", "rbac", "policies", "sources"),
    }


def test_every_role_has_the_sheets_id(catalog: Catalog) -> None:
    assert {role.name: role.id for role in catalog.roles} == SHEET["rbac"]
    assert all(catalog.role(name.upper()) == guid for name, guid in SHEET["rbac"].items())


def test_every_policy_is_the_sheets(catalog: Catalog) -> None:
    ours = {
        policy.id: {
            "display_name": policy.display_name,
            "version": policy.version,
            "effects": list(policy.effects),
            "default": policy.default,
            "mode": policy.mode,
        }
        for policy in catalog.policies
    }

    assert ours == SHEET["policies"]


def test_every_metric_is_the_sheets(catalog: Catalog) -> None:
    sheet = SHEET["metrics"]
    ours = [
        {
            "name": metric.name,
            "unit": metric.unit,
            "aggregation": metric.aggregation,
            "dimensions": list(metric.dimensions),
        }
        for metric in catalog.metrics.metrics
    ]

    assert (catalog.metrics.namespace, catalog.metrics.grain) == (
        sheet["namespace"],
        sheet["grain"],
    )
    assert ours == sheet["list"]


def test_the_metrics_batch_is_the_sheets(catalog: Catalog) -> None:
    batch, sheet = catalog.metrics.batch, SHEET["metrics"]["batch"]

    for key, value in sheet.items():
        ours = getattr(batch, key)
        assert (list(ours) if isinstance(ours, tuple) else ours) == value, key


def test_every_error_of_azure_is_the_sheets(catalog: Catalog) -> None:
    sheet = {code: row for code, row in SHEET["errors"].items() if code != "data_plane"}

    assert [error.code for error in catalog.azure_errors.arm] == list(sheet)
    for error in catalog.azure_errors.arm:
        row = sheet[error.code]
        assert (error.http, error.template) == (row["http"], row["template"])
        assert error.http_verified is row.get("http_status_verified", True)
    assert {status.condition: status.http for status in catalog.azure_errors.data_plane} == SHEET[
        "errors"
    ]["data_plane"]


def test_every_rate_limit_is_the_sheets(catalog: Catalog) -> None:
    sheet = SHEET["rate_limits"]
    limits = {limit.name: limit for limit in catalog.rate_limits.limits}
    graph, cost = limits["resource_graph"], limits["cost_query_qpu"]
    query = catalog.rate_limits.cost_query

    assert [(w.count, w.seconds) for w in graph.windows] == [
        (sheet["resource_graph"]["queries"], sheet["resource_graph"]["seconds"])
    ]
    assert graph.per == sheet["resource_graph"]["per"]
    assert [[w.count, w.seconds] for w in cost.windows] == sheet["cost_query_qpu"]["windows"]
    assert cost.per == sheet["cost_query_qpu"]["per"]
    assert query.qpu_per_month_queried == sheet["cost_query_qpu"]["qpu_per_month_queried"]
    assert list(query.granularity) == sheet["cost_query_granularity"]
    assert query.max_groupings == sheet["cost_query_max_groupings"]


def test_focus_is_the_sheets(catalog: Catalog) -> None:
    focus = catalog.focus

    assert {
        "version": focus.version,
        "mandatory": list(focus.mandatory),
        "service_name": focus.service_name,
        "service_category": focus.service_category,
    } == SHEET["focus"]


def test_the_arm_api_is_the_sheets(catalog: Catalog) -> None:
    arm, sheet = catalog.api.arm, SHEET["api"]

    assert arm.stable_latest == sheet["arm_stable_latest"]
    assert arm.preview_latest == sheet["arm_preview_latest"]
    assert list(arm.stable) == sheet["arm_stable"]
    assert arm.pulumi_azure_native_default == sheet["pulumi_azure_native_3_29_default"]
    assert arm.sdk_stable == sheet["sdk_stable_14_1_0"]
    assert list(arm.deployment_states) == sheet["deployment_states"]
    operations = {name: list(codes) for name, codes in arm.long_running.items()}
    assert operations | {"headers": list(arm.long_running_headers)} == sheet["lro"]


def test_the_data_plane_api_is_the_sheets(catalog: Catalog) -> None:
    plane, sheet = catalog.api.data_plane, SHEET["api"]
    doubtful = [f"{status}?" for status in plane.job_statuses_unverified]

    assert plane.ga == sheet["data_plane_ga"]
    assert plane.preview_with_training_type == sheet["data_plane_preview_training_type"]
    assert plane.v1_prefix == sheet["v1_prefix"]
    assert {*plane.job_statuses, *doubtful} == {*sheet["job_status_azure"]}
    assert {k: list(v) for k, v in plane.training_type_values.items()} == (
        sheet["training_type_values"]
    )
    for key in ("job_id", "file_id", "checkpoint_id", "tuned_model"):
        assert getattr(plane, f"{key}_pattern") == sheet[f"{key}_pattern"]
    assert list(plane.events_oldest_first) == sheet["events_oldest_first"]
    assert list(plane.results_columns) == sheet["results_csv"]
    assert list(plane.rate_limit_headers) == sheet["rate_limit_headers"]


def test_the_retail_api_is_the_sheets(catalog: Catalog) -> None:
    retail = catalog.api.retail

    for key, value in SHEET["api"]["retail"].items():
        ours = getattr(retail, key)
        assert (list(ours) if isinstance(ours, tuple) else ours) == value, key


def test_the_usage_names_are_the_sheets(catalog: Catalog) -> None:
    names, sheet = catalog.usage_names, SHEET["usage_names"]

    for key in ("pattern", "unit", "localized_prefix"):
        assert getattr(names, key) == sheet[key]
    assert list(names.verified) == sheet["verified"]
    assert {
        model: {"key": key, "verified": origin.status == "sourced"}
        for model, (key, origin) in names.model_keys.items()
    } == sheet["model_keys"]
    assert {name: limit for name, (limit, _) in names.observed_limits.items()} == sheet[
        "observed_limits"
    ]


def test_every_source_key_of_the_sheet_is_explained(catalog: Catalog) -> None:
    keys = {source.key for source in catalog.sources}

    assert keys >= SHEET["sources"].keys() - {"others"}
    for model in SHEET["models"]:
        assert keys >= {*model["sources"]}
    assert keys >= {*SHEET["limits"]["sources"]}
