"""Published requests of Monitor, the Activity Log and what else only reads, sent as published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox import parity, spec

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
FOLDERS = {
    "monitor-metrics/resource-manager-2024-02-01": "metrics_API",
    "monitor-metrics/metrics-batch-data-plane-2024-02-01": "metricBatch",
    "activity-log/2015-04-01": "activityLogs_API",
    "costmanagement/2024-08-01": "costmanagement",
    "resourcegraph/2024-04-01": "resourcegraph",
}
SPACE = "Microsoft.CognitiveServices/accounts"

pytestmark = pytest.mark.skipif(not spec.SPECS.exists(), reason=spec.ABSENT)


def _examples() -> Iterator[spec.Example]:
    for folder, document in FOLDERS.items():
        swagger = f"{folder}/{document}.json"
        for path in sorted((spec.SPECS / folder / "examples").glob("*.json")):
            if spec.refers(swagger, path.stem):
                yield spec.example(f"{folder}/examples", swagger, path.stem)


def _ours(one: spec.Example) -> bool:
    """Whether it asks about a subscription: the sandbox has no billing account, no other cloud."""
    scope = one.given.get("scope", "subscriptions/")
    return bool(scope.startswith("subscriptions/")) and "externalCloud" not in one.path


CLAIMED = {proof.operation for proof in parity.declared()}
SENT = [one for one in _examples() if one.operation in CLAIMED and _ours(one)]
UNSENT = {
    "ResourcesFacetQuery": "the sandbox computes no facets, and says so",
    "ResourcesMgBasicQuery": "the sandbox has no management groups",
    "ResourcesNextPageQuery": "its token is one that Azure gave",
    "SubscriptionForecast": "forecasts are refused, as what is made up would look like Azure's",
    "ResourceGroupForecast": "as the subscription's",
}
SENT = [one for one in SENT if one.name not in UNSENT]


def _adapted(one: spec.Example, plane: Plane) -> spec.Example:
    """The same about the account here, its metrics, and yesterday."""
    since, until = plane.sandbox.now() - timedelta(days=1), plane.sandbox.now()
    span = [f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (since, until)]
    group = plane.account.partition("/providers/")[0]
    scope = f"subscriptions/{SUBSCRIPTION}"
    named: dict[str, Any] = {
        "resourceUri": plane.account[1:],
        "subscriptionId": SUBSCRIPTION,
        "scope": group[1:] if "resourceGroups" in one.given.get("scope", "") else scope,
        "timespan": "/".join(span),
        "starttime": span[0],
        "endtime": span[1],
        "metricnames": "ModelRequests",
        "metricnamespace": SPACE,
        "filter": "ModelDeploymentName eq '*'",
        "interval": "PT1H",
        "orderby": "total desc",
        "aggregation": "total",
    }
    if "eventtypes" in one.path:
        chosen = f"eventTimestamp ge '{span[0]}' and eventTimestamp le '{span[1]}'"
        named["$filter"] = f"{chosen} and resourceGroupName eq '{group.rpartition('/')[2]}'"
    elif "$filter" in one.query:
        named["$filter"] = named["filter"]
    body = one.body
    if isinstance(body, dict) and "resourceids" in body:
        body = {"resourceids": [plane.account]}
    if isinstance(body, dict) and "subscriptions" in body:
        body = {**body, "subscriptions": [SUBSCRIPTION]}
    return replace(one.named(**named), body=body)


@pytest.mark.proves("POST metrics:getBatch", client="published example")
@pytest.mark.proves(
    "GET metrics",
    client="published example",
    differs="assumed: that a query without a metric's name is about the first of the account's",
)
@pytest.mark.proves("GET activityLogs", client="published example")
@pytest.mark.proves("POST CostManagement/query", client="published example")
@pytest.mark.proves("POST ResourceGraph/resources", client="published example")
@pytest.mark.parametrize("one", SENT, ids=lambda one: one.name)
def test_a_published_request_is_answered_as_published(one: spec.Example, plane: Plane) -> None:
    asked = _adapted(one, plane)
    with plane.sandbox.arm(None) as arm:
        if asked.operation == "POST metrics:getBatch":
            token = plane.sandbox.token("https://metrics.monitor.azure.com/.default")
            arm.headers["authorization"] = f"Bearer {token}"
            arm.base_url = "https://swedencentral.metrics.monitor.azure.com"

        answer = arm.request(asked.method, asked.url, params=asked.query, json=asked.body)

    body = answer.json() if answer.content else None
    found = spec.problems(asked, answer.status_code, body)
    # Resource Graph's schema says object of what its own examples and description say is a list.
    assert not [each for each in found if not each.startswith("$.data: [")]
