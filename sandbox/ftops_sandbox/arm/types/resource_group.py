"""Resource groups: everything else lives in one, and goes with it."""

from __future__ import annotations

from ftops_sandbox.arm.path import GROUP_TYPE
from ftops_sandbox.arm.resource_type import ResourceType

TYPE = ResourceType(
    name=GROUP_TYPE,
    api_versions=("2021-04-01", "2022-09-01", "2024-03-01", "2025-04-01"),
    example={"location": "eastus2", "tags": {"owner": "example"}},
    scope="subscription",
    tracked=True,
    shows_stamps=False,
    delete_s=0.5,
)
