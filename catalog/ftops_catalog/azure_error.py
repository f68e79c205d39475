"""The errors that Azure answers with: codes, statuses and its own words."""

from __future__ import annotations

from dataclasses import dataclass

from ftops_catalog.row import Row
from ftops_catalog.source import Origin, parse_origin


@dataclass(frozen=True)
class ArmError:
    """One error of ARM; `template` has {braces} where Azure fills something in.

    `http_verified` is False where the words were seen and the status was not.
    """

    code: str
    http: int
    http_verified: bool
    template: str
    origin: Origin


@dataclass(frozen=True)
class DataPlaneStatus:
    """The HTTP status of a condition on the data plane ("paused", "throttled")."""

    condition: str
    http: int
    origin: Origin


@dataclass(frozen=True)
class AzureErrors:
    """Errors by plane: ARM by code, the data plane by condition."""

    arm: tuple[ArmError, ...]
    data_plane: tuple[DataPlaneStatus, ...]


def parse_azure_errors(file: Row) -> AzureErrors:
    errors = AzureErrors(
        arm=tuple(parse_arm_error(row) for row in file.rows("arm_error")),
        data_plane=tuple(parse_status(row) for row in file.rows("data_plane_status")),
    )
    file.close()
    return errors


def parse_arm_error(row: Row) -> ArmError:
    error = ArmError(
        code=row.required("code", str),
        http=row.required("http", int),
        http_verified=row.required("http_verified", bool),
        template=row.required("template", str),
        origin=parse_origin(row),
    )
    row.close()
    return error


def parse_status(row: Row) -> DataPlaneStatus:
    condition, http = row.required("condition", str), row.required("http", int)
    status = DataPlaneStatus(condition, http, parse_origin(row))
    row.close()
    return status
