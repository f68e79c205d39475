"""What the bill can be grouped and filtered by, in Cost Management's names."""

from __future__ import annotations

from collections.abc import Callable

from ftops_sandbox.cost.bill import Row
from ftops_sandbox.world import SUBSCRIPTION_ID

Read = Callable[[Row], str]


def _meter(name: str) -> Read:
    return lambda row: str(row.meter[name])


def _always(value: str) -> Read:
    return lambda _row: value


DIMENSIONS: dict[str, Read] = {
    "ResourceGroup": lambda row: row.group,
    "ResourceGroupName": lambda row: row.group,
    "ResourceLocation": _meter("armRegionName"),
    "ConsumedService": _always("microsoft.cognitiveservices"),
    "ResourceType": _always("microsoft.cognitiveservices/accounts"),
    "ResourceId": lambda row: row.account,
    "MeterId": _meter("meterId"),
    "BillingMonth": lambda row: f"{row.day:%Y-%m}-01T00:00:00",
    "MeterCategory": _meter("serviceName"),
    "MeterSubcategory": _meter("productName"),
    "Meter": _meter("meterName"),
    "SubscriptionId": _always(SUBSCRIPTION_ID),
    "SubscriptionName": _always("ftops sandbox"),
    "ServiceName": _meter("serviceName"),
    "ServiceFamily": _meter("serviceFamily"),
    "UnitOfMeasure": _meter("unitOfMeasure"),
    "ResourceGuid": _meter("meterId"),
    "ChargeType": _always("Usage"),
    "PublisherType": _always("Azure"),
    "Frequency": _always("UsageBased"),
    "PricingModel": _always("OnDemand"),
}


def spell_dimension(name: str) -> str | None:
    """A dimension's proper name, from any letter case."""
    return next((known for known in DIMENSIONS if known.casefold() == name.casefold()), None)


def tag(row: Row, name: str) -> str:
    """The value of a tag, "" where the account has none; names mind no letter case."""
    for key, value in row.tags.items():
        if key.casefold() == name.casefold():
            return str(value)
    return ""
