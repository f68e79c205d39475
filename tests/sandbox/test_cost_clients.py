"""Microsoft's own clients for Cost Management and Resource Graph, where they are installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from tests.conftest import Sandbox

REASON = "the client is not among the locked development packages"
SCOPE = "/subscriptions/22222222-2222-2222-2222-222222222222"


@pytest.fixture
def credential(shell_env: Sandbox) -> Iterator[TokenCredential]:
    """Signed in by the shell's variables, after any quota's window."""
    from azure.identity import DefaultAzureCredential

    shell_env.advance(minutes=1)
    with DefaultAzureCredential() as credential:
        yield credential


def test_the_cost_client_reads_columns_and_rows(credential: TokenCredential) -> None:
    client: Any = pytest.importorskip("azure.mgmt.costmanagement", reason=REASON)
    models: Any = pytest.importorskip("azure.mgmt.costmanagement.models", reason=REASON)
    now = datetime.now(UTC)
    definition = models.QueryDefinition(
        type="ActualCost",
        timeframe="Custom",
        time_period=models.QueryTimePeriod(from_property=now - timedelta(days=7), to=now),
        dataset=models.QueryDataset(
            granularity="Daily",
            aggregation={"totalCost": models.QueryAggregation(name="Cost", function="Sum")},
            grouping=[models.QueryGrouping(type="Dimension", name="ResourceId")],
        ),
    )
    found = client.CostManagementClient(credential).query.usage(SCOPE, definition)

    assert [column.name for column in found.columns] == [
        "Cost",
        "UsageDate",
        "ResourceId",
        "Currency",
    ]
    assert isinstance(found.rows, list)


@pytest.mark.usefixtures("account")
def test_the_graph_client_reads_objects(credential: TokenCredential) -> None:
    client: Any = pytest.importorskip("azure.mgmt.resourcegraph", reason=REASON)
    models: Any = pytest.importorskip("azure.mgmt.resourcegraph.models", reason=REASON)
    request = models.QueryRequest(
        subscriptions=[SCOPE.rpartition("/")[2]],
        query="resources | where type =~ 'Microsoft.CognitiveServices/accounts' | project id, name",
        options=models.QueryRequestOptions(top=1, result_format="objectArray"),
    )
    found = client.ResourceGraphClient(credential).resources(request)

    assert found.count == len(found.data) == 1
    assert found.data[0].keys() == {"id", "name"}
