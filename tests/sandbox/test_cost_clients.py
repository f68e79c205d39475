"""Microsoft's own clients for Cost Management and Resource Graph, as anyone configures them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from tests.conftest import Sandbox

SCOPE = "/subscriptions/22222222-2222-2222-2222-222222222222"


@pytest.fixture
def credential(shell_env: Sandbox) -> Iterator[TokenCredential]:
    """Signed in by the shell's variables, after any quota's window."""
    from azure.identity import DefaultAzureCredential

    shell_env.advance(minutes=1)
    with DefaultAzureCredential() as credential:
        yield credential


@pytest.mark.proves("POST CostManagement/query", client="azure-mgmt-costmanagement")
def test_the_cost_client_reads_columns_and_rows(credential: TokenCredential) -> None:
    from azure.mgmt.costmanagement import CostManagementClient, models

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
    with CostManagementClient(credential) as client:
        found = client.query.usage(SCOPE, definition)

    assert found is not None
    assert [column.name for column in found.columns or []] == [
        "Cost",
        "UsageDate",
        "ResourceId",
        "Currency",
    ]
    assert isinstance(found.rows, list)


@pytest.mark.proves("POST ResourceGraph/resources", client="azure-mgmt-resourcegraph")
@pytest.mark.usefixtures("account")
def test_the_graph_client_reads_objects(credential: TokenCredential) -> None:
    from azure.mgmt.resourcegraph import ResourceGraphClient, models

    request = models.QueryRequest(
        subscriptions=[SCOPE.rpartition("/")[2]],
        query="resources | where type =~ 'Microsoft.CognitiveServices/accounts' | project id, name",
        options=models.QueryRequestOptions(top=1, result_format="objectArray"),
    )
    with ResourceGraphClient(credential) as client:
        found = client.resources(request)

    assert found.count == 1
    rows: Any = found.data  # the client's types call it a text; it is what JSON had
    assert [set(row) for row in rows] == [{"id", "name"}]
