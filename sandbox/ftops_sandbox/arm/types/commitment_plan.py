"""Commitment plans of an account: kept and shown, counted by nobody."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Body, ResourceType, View
from ftops_sandbox.arm.versions import COGNITIVE
from ftops_sandbox.moment import iso
from ftops_sandbox.world import ACCOUNT


def show(view: View) -> Body:
    """The period that runs, which begins when the plan was made."""
    current = (view.document.body.get("properties") or {}).get("current")
    if not isinstance(current, dict):
        return {}
    return {"properties": {"current": {**current, "startDate": iso(view.document.created)}}}


TYPE = ResourceType(
    name=f"{ACCOUNT}/commitmentPlans",
    api_versions=COGNITIVE,
    example={
        "properties": {
            "hostingModel": "Web",
            "planType": "Speech2Text",
            "autoRenew": True,
            "current": {"tier": "T1"},
        }
    },
    methods=frozenset({"PUT", "DELETE"}),
    show=show,
)
