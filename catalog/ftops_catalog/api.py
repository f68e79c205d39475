"""Versions, names and patterns of Azure's APIs: ARM, the data plane, retail prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class ArmApi:
    """Api-versions of Microsoft.CognitiveServices, states of a deployment, long operations.

    `long_running` maps an operation ("deployment_put") to the statuses that accept it.
    """

    stable_latest: str
    preview_latest: str
    stable: tuple[str, ...]
    pulumi_azure_native_default: str
    sdk_stable: str
    deployment_states: tuple[str, ...]
    long_running: Mapping[str, tuple[int, ...]]
    long_running_headers: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class DataPlaneApi:
    """Versions, id patterns (regular expressions) and words of the Azure OpenAI data plane.

    `training_type_values` maps a training type to the spellings that jobs carry.
    """

    ga: str
    preview_with_training_type: str
    v1_prefix: str
    training_type_values: Mapping[str, tuple[str, ...]]
    job_statuses: tuple[str, ...]
    job_statuses_unverified: tuple[str, ...]
    job_id_pattern: str
    file_id_pattern: str
    checkpoint_id_pattern: str
    tuned_model_pattern: str
    events_oldest_first: tuple[str, ...]
    results_columns: tuple[str, ...]
    rate_limit_headers: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class RetailApi:
    """The Retail Prices API: its address and the irregular words in its rows."""

    url: str
    api_version: str
    service_names: tuple[str, ...]
    product_names: tuple[str, ...]
    units: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class Api:
    """The three APIs that the program speaks."""

    arm: ArmApi
    data_plane: DataPlaneApi
    retail: RetailApi


def parse_api(file: Row) -> Api:
    api = Api(
        arm=parse_arm_api(file.table("arm")),
        data_plane=parse_data_plane(file.table("data_plane")),
        retail=parse_retail(file.table("retail")),
    )
    file.close()
    return api


def parse_arm_api(row: Row) -> ArmApi:
    operations = row.table("long_running")
    headers = operations.texts("headers")
    arm = ArmApi(
        stable_latest=row.required("stable_latest", str),
        preview_latest=row.required("preview_latest", str),
        stable=row.texts("stable"),
        pulumi_azure_native_default=row.required("pulumi_azure_native_default", str),
        sdk_stable=row.required("sdk_stable", str),
        deployment_states=row.texts("deployment_states"),
        long_running={name: operations.counts(name) for name in operations.unread},
        long_running_headers=headers,
        origin=parse_origin(row),
    )
    row.close()
    return arm


def parse_data_plane(row: Row) -> DataPlaneApi:
    spellings = row.table("training_type_values")
    data_plane = DataPlaneApi(
        ga=row.required("ga", str),
        preview_with_training_type=row.required("preview_with_training_type", str),
        v1_prefix=row.required("v1_prefix", str),
        training_type_values={kind: spellings.texts(kind) for kind in spellings.unread},
        job_statuses=row.texts("job_statuses"),
        job_statuses_unverified=row.texts("job_statuses_unverified"),
        job_id_pattern=row.required("job_id_pattern", str),
        file_id_pattern=row.required("file_id_pattern", str),
        checkpoint_id_pattern=row.required("checkpoint_id_pattern", str),
        tuned_model_pattern=row.required("tuned_model_pattern", str),
        events_oldest_first=row.texts("events_oldest_first"),
        results_columns=row.texts("results_columns"),
        rate_limit_headers=row.texts("rate_limit_headers"),
        origin=parse_origin(row),
    )
    row.close()
    return data_plane


def parse_retail(row: Row) -> RetailApi:
    retail = RetailApi(
        url=row.required("url", str),
        api_version=row.required("api_version", str),
        service_names=row.texts("service_names"),
        product_names=row.texts("product_names"),
        units=row.texts("units"),
        origin=parse_origin(row),
    )
    row.close()
    return retail
