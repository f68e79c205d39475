"""One word or expression of a blocklist."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import ResourceType
from ftops_sandbox.arm.versions import COGNITIVE_2024
from ftops_sandbox.world import ACCOUNT

TYPE = ResourceType(
    name=f"{ACCOUNT}/raiBlocklists/raiBlocklistItems",
    api_versions=COGNITIVE_2024,
    example={"properties": {"pattern": "swear", "isRegex": False}},
    shows_state=False,
    methods=frozenset({"PUT", "DELETE"}),
    delete_s=0.2,
)
