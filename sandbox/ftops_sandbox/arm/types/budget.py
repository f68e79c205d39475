"""Budgets of a subscription, a group or any other scope."""

from __future__ import annotations

from ftops_sandbox.arm.resource_type import Body, Kept, ResourceType, View, Write
from ftops_sandbox.cost.filter import parse_filter
from ftops_sandbox.cost.spend import current_spend
from ftops_sandbox.errors import ArmError
from ftops_sandbox.world import NOTES

_GRAINS = ("Monthly", "Quarterly", "Annually", "BillingMonth", "BillingQuarter", "BillingAnnual")


def check(write: Write) -> Kept:
    """An amount, a grain, a time to start at, and of an update the eTag of what it updates."""
    properties = write.body.get("properties") or {}
    etag = write.body.pop("eTag", None)
    if etag is not None and write.before and etag != write.before.body[NOTES]["etag"]:
        raise ArmError(412, "412", "The eTag of the budget is not the latest one.")
    amount, grain = properties.get("amount"), properties.get("timeGrain")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0:
        raise _bad("The amount of a budget is a number from 0.")
    if grain not in _GRAINS:
        raise _bad(f"The timeGrain '{grain}' is not one of {', '.join(_GRAINS)}.")
    period = properties.get("timePeriod")
    if not isinstance(period, dict) or not isinstance(period.get("startDate"), str):
        raise _bad("The timePeriod of a budget has a startDate.")
    if properties.get("filter"):
        try:
            parse_filter(properties["filter"])
        except ValueError as error:
            raise _bad(f"{error}.") from error
    return Kept()


def show(view: View) -> Body:
    """What has been spent in its window, as far as Cost Management knows by now."""
    scope, properties = view.document.parent, view.document.body["properties"]
    spent = current_spend(view.world, scope, properties["timeGrain"], properties.get("filter"))
    return {"eTag": view.document.body[NOTES]["etag"], "properties": {"currentSpend": spent}}


def _bad(message: str) -> ArmError:
    return ArmError(400, "400", message)


TYPE = ResourceType(
    name="Microsoft.Consumption/budgets",
    api_versions=("2021-10-01", "2023-05-01", "2023-11-01", "2024-08-01"),
    example={
        "properties": {
            "category": "Cost",
            "amount": 100,
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": "2026-11-01T00:00:00Z", "endDate": "2027-11-01T00:00:00Z"},
        }
    },
    scope="any",
    shows_stamps=False,
    shows_state=False,
    methods=frozenset({"PUT", "DELETE"}),
    check=check,
    show=show,
)
