"""Commitment plans that several accounts of a group share: kept and shown, counted by nobody."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import ResourceType
from ftops_sandbox.arm.types.commitment_plan import show
from ftops_sandbox.arm.versions import COGNITIVE

NAME = "Microsoft.CognitiveServices/commitmentPlans"

TYPE = ResourceType(
    name=NAME,
    api_versions=COGNITIVE,
    example={
        "location": "westus",
        "kind": "SpeechServices",
        "sku": {"name": "S0"},
        "properties": {
            "hostingModel": "Web",
            "planType": "STT",
            "autoRenew": True,
            "current": {"tier": "T1"},
        },
    },
    tracked=True,
    show=show,
)
