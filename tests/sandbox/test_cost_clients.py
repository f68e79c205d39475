"""Microsoft's own clients for Cost Management and Resource Graph, as anyone configures them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from tests.azure.target import Target


@pytest.fixture
def credential(signed_in: Target) -> Iterator[TokenCredential]:
    """Signed in by the shell's variables, after any quota's window."""
    from azure.identity import DefaultAzureCredential

    signed_in.wait(60)
    with DefaultAzureCredential() as credential:
        yield credential


@pytest.mark.proves("POST CostManagement/query", client="azure-mgmt-costmanagement")
@pytest.mark.on_azure(cost_max_usd="0")
def test_the_cost_client_reads_columns_and_rows(
    credential: TokenCredential, target: Target
) -> None:
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
        found = client.query.usage(target.subscription, definition)

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
@pytest.mark.on_azure(cost_max_usd="0")
def test_the_graph_client_reads_objects(credential: TokenCredential, target: Target) -> None:
    from azure.mgmt.resourcegraph import ResourceGraphClient, models

    request = models.QueryRequest(
        subscriptions=[target.subscription_id],
        query="resources | where type =~ 'Microsoft.CognitiveServices/accounts' | project id, name",
        options=models.QueryRequestOptions(top=1, result_format="objectArray"),
    )
    with ResourceGraphClient(credential) as client:

        def one() -> models.QueryResponse | None:
            answer = client.resources(request)
            return answer if answer.count else None

        found = target.until(one, within_s=300)

    assert found.count == 1
    rows: Any = found.data  # the client's types call it a text; it is what JSON had
    assert [set(row) for row in rows] == [{"id", "name"}]
