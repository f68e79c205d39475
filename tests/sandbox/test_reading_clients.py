"""What Microsoft's clients read of an account that nobody has used: the same shapes on Azure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from tests.azure.target import Target

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
KIND = "Microsoft.CognitiveServices/accounts"


@pytest.fixture
def credential(signed_in: Target) -> Iterator[TokenCredential]:
    """Signed in by the shell's variables."""
    from azure.identity import DefaultAzureCredential

    assert signed_in.run
    with DefaultAzureCredential() as credential:
        yield credential


@pytest.mark.on_azure(cost_max_usd="0")
@pytest.mark.proves("POST metrics:getBatch", client="azure-monitor-querymetrics")
def test_a_batch_of_metrics_names_what_it_was_asked_for(
    credential: TokenCredential, account: str, target: Target
) -> None:
    from azure.monitor.querymetrics import MetricAggregationType, MetricsClient

    now = datetime.now(UTC)
    where = f"https://{target.location}.metrics.monitor.azure.com"
    with MetricsClient(where, credential) as client:
        [found] = client.query_resources(
            resource_ids=[account],
            metric_namespace=KIND,
            metric_names=["AzureOpenAIRequests"],
            timespan=(now - timedelta(days=1), now),
            granularity=timedelta(hours=1),
            aggregations=[MetricAggregationType.TOTAL],
        )

    [metric] = found.metrics
    assert (metric.name, str(metric.unit)) == ("AzureOpenAIRequests", "Count")
    assert (found.namespace or "").casefold() == KIND.casefold()
    assert found.granularity == timedelta(hours=1)
    assert not [point for one in metric.timeseries for point in one.data if point.total]


@pytest.mark.on_azure(cost_max_usd="0")
@pytest.mark.proves("GET metricDefinitions", client="azure-mgmt-monitor")
def test_an_account_says_which_metrics_it_has(
    credential: TokenCredential, account: str, target: Target
) -> None:
    from azure.mgmt.monitor import MonitorManagementClient

    with MonitorManagementClient(credential, target.subscription_id) as client:
        defined = list(client.metric_definitions.list(account))

    by_name = {one.name.value: one for one in defined if one.name}
    wanted = {"AzureOpenAIRequests", "ProcessedPromptTokens", "GeneratedTokens"}
    assert wanted <= by_name.keys()
    dimensions = [one.value for one in by_name["AzureOpenAIRequests"].dimensions or []]
    assert "ModelDeploymentName" in dimensions


@pytest.mark.on_azure(cost_max_usd="0")
@pytest.mark.proves("GET locations/usages", client="azure-mgmt-cognitiveservices")
def test_a_regions_pools_have_a_limit_and_a_use(
    cognitive: CognitiveServicesManagementClient, target: Target
) -> None:
    pools: dict[str, Any] = {
        str(one.name and one.name.value): one for one in cognitive.usages.list(target.location)
    }

    tuned = pools["OpenAI.Standard.gpt4.1-mini-finetune"]
    assert 0 <= tuned.current_value <= tuned.limit


@pytest.mark.on_azure(cost_max_usd="0")
@pytest.mark.proves("GET accounts", "PATCH accounts", client="azure-mgmt-cognitiveservices")
def test_a_stale_etag_stops_a_write(
    cognitive: CognitiveServicesManagementClient, account: str
) -> None:
    from azure.core.exceptions import HttpResponseError

    where = account.split("/")[4], account.rpartition("/")[2]
    shown = cognitive.accounts.get(*where)
    change: Any = {"tags": {"seen": "yes"}}
    with pytest.raises(HttpResponseError) as refused:
        cognitive.accounts.begin_update(*where, change, headers={"If-Match": '"stale"'}).result()
    written = cognitive.accounts.begin_update(*where, change).result()

    assert refused.value.status_code == 412
    assert (written.tags, written.etag != shown.etag) == ({"seen": "yes"}, True)


@pytest.mark.on_azure(cost_max_usd="0")
@pytest.mark.proves("GET roleDefinitions", client="httpx")
def test_the_built_in_reader_is_there_by_its_published_id(
    arm: httpx.Client, target: Target
) -> None:
    where = f"{target.subscription}/providers/Microsoft.Authorization/roleDefinitions/{READER}"

    found = arm.get(where, params={"api-version": "2022-04-01"}).json()["properties"]

    assert (found["roleName"], found["type"]) == ("Reader", "BuiltInRole")
    assert "*/read" in found["permissions"][0]["actions"]
