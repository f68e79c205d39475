"""A day's charges appear 8 to 24 hours after it has ended, and outlive what they were for."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob
    from tests.sandbox.conftest import Plane

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
ROWS = [
    {"messages": [{"role": "user", "content": f"say {n}"}, {"role": "assistant", "content": "ok"}]}
    for n in range(12)
]


@pytest.fixture(scope="module")
def job(plane: Plane) -> FineTuningJob:
    """A tuned model."""
    return plane.finish(plane.start(plane.upload(ROWS)).id)


def _days(
    plane: Plane, group: str = "UsageQuantity", since: datetime | None = None
) -> dict[int, float]:
    """The bill so far, by day, of the last 20 days or `since` a day."""
    plane.sandbox.advance(seconds=31)
    now = plane.sandbox.now()
    since = since or now - timedelta(days=20)
    body: dict[str, Any] = {
        "type": "ActualCost",
        "timeframe": "Custom",
        "timePeriod": {"from": f"{since:%Y-%m-%d}", "to": f"{now:%Y-%m-%d}"},
        "dataset": {
            "granularity": "Daily",
            "aggregation": {"total": {"name": group, "function": "Sum"}},
        },
    }
    answer = plane.arm.post(f"{SUBSCRIPTION}/providers/Microsoft.CostManagement/query", json=body)
    assert answer.status_code == 200, answer.text
    return {row[1]: row[0] for row in answer.json()["properties"]["rows"]}


def test_a_day_appears_between_8_and_24_hours_after_its_end(
    plane: Plane, job: FineTuningJob
) -> None:
    assert job.fine_tuned_model
    now = plane.sandbox.now()
    plane.sandbox.advance(seconds=86400 - now.hour * 3600 - now.minute * 60 - now.second)
    plane.deploy("fresh", job.fine_tuned_model)
    day = int(f"{plane.sandbox.now():%Y%m%d}")
    now = plane.sandbox.now()
    plane.sandbox.advance(seconds=86400 - now.hour * 3600 - now.minute * 60 - now.second)
    seen = []
    for hour in range(1, 26):
        plane.sandbox.advance(minutes=59)
        seen += [hour] if day in _days(plane) else []
    plane.arm.delete(f"{plane.account}/deployments/fresh")

    assert seen, "a day later it is there"
    assert 8 <= seen[0] <= 25
    assert seen == list(range(seen[0], 26)), "and once there it stays"


def test_a_purged_account_still_owes_its_trainings(plane: Plane, job: FineTuningJob) -> None:
    assert job.trained_tokens
    name = "short-lived"
    body = {
        "location": "swedencentral",
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "properties": {"customSubDomainName": name},
    }
    plane.sandbox.advance(days=3)
    since = plane.sandbox.now() - timedelta(days=20)
    before = _days(plane, "Cost", since)
    account = plane.account.replace("/accounts/plane", f"/accounts/{name}")
    assert plane.arm.put(account, json=body).is_success
    plane.sandbox.advance(minutes=1)
    key = plane.arm.post(f"{account}/listKeys").json()["key1"]
    door = f"{plane.sandbox.http}/_acct/{name}/openai"
    _train(plane, door, key)
    assert plane.arm.delete(account).is_success
    gone = f"{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/locations/swedencentral"
    gone += f"/resourceGroups/rg-plane/deletedAccounts/{name}"
    assert plane.arm.delete(gone).is_success
    plane.sandbox.advance(days=3)
    owed = sum(_days(plane, "Cost", since).values()) - sum(before.values())

    assert owed == pytest.approx(job.trained_tokens * 0.00605 / 1000)


def _train(plane: Plane, door: str, key: str) -> None:
    import openai

    with openai.OpenAI(base_url=f"{door}/v1", api_key=key, max_retries=0) as client:
        data = "\n".join(json.dumps(row) for row in ROWS).encode()
        file = client.files.create(file=("data.jsonl", data), purpose="fine-tune")
        plane.sandbox.advance(seconds=3)
        job = client.fine_tuning.jobs.create(model="gpt-4.1-mini", training_file=file.id)
        plane.sandbox.advance(hours=9)
        assert client.fine_tuning.jobs.retrieve(job.id).status == "succeeded"


def test_billed_tokens_are_those_of_the_metrics(plane: Plane, job: FineTuningJob) -> None:
    assert job.fine_tuned_model
    plane.sandbox.advance(days=25)
    plane.deploy("counted", job.fine_tuned_model)
    for question in ("How are you?", "Say seven, and nothing else."):
        plane.ask("counted", question)
    plane.arm.delete(f"{plane.account}/deployments/counted")
    plane.sandbox.advance(days=2)
    billed = _tokens(plane)
    found = plane.arm.get(
        f"{plane.account}/providers/Microsoft.Insights/metrics",
        params={
            "api-version": "2024-02-01",
            "metricnames": "TokenTransaction",
            "timespan": "P5D",
            "interval": "FULL",
            "aggregation": "Total",
        },
    ).json()
    [series] = found["value"][0]["timeseries"]

    assert round(billed * 1000) == sum(point["total"] for point in series["data"]) > 0


def test_a_budget_shows_what_its_window_has_spent(plane: Plane, job: FineTuningJob) -> None:
    assert job.fine_tuned_model
    now = plane.sandbox.now()
    plane.sandbox.advance(days=32 - now.day + 2)
    plane.deploy("hosted", job.fine_tuned_model)
    now = plane.sandbox.now()
    plane.sandbox.advance(days=4)
    plane.arm.delete(f"{plane.account}/deployments/hosted")
    hosting = {"dimensions": {"name": "UnitOfMeasure", "operator": "In", "values": ["1 Hour"]}}
    spent = []
    for name, grain, condition in (
        ("month", "Monthly", hosting),
        ("year", "BillingAnnual", {}),
        ("none", "Monthly", {"tags": {"name": "a", "operator": "In", "values": ["b"]}}),
    ):
        body = {
            "properties": {
                "category": "Cost",
                "amount": 1000,
                "timeGrain": grain,
                "timePeriod": {"startDate": f"{now:%Y-%m}-01T00:00:00Z"},
                "filter": condition,
            }
        }
        path = f"{SUBSCRIPTION}/resourceGroups/rg-plane/providers/Microsoft.Consumption/budgets"
        assert plane.arm.put(f"{path}/{name}", json=body).is_success
        spent.append(plane.arm.get(f"{path}/{name}").json()["properties"]["currentSpend"])
    plane.sandbox.advance(days=2)
    later = plane.arm.get(f"{path}/month").json()["properties"]["currentSpend"]["amount"]

    assert [one["unit"] for one in spent] == ["USD"] * 3
    assert 2 * 24 * 1.7 < spent[0]["amount"] < 4 * 24 * 1.7, "the last days are not there yet"
    assert spent[1]["amount"] >= spent[0]["amount"]
    assert spent[2]["amount"] == 0
    assert later == pytest.approx(4 * 24 * 1.7, rel=0.01)


def _tokens(plane: Plane) -> float:
    """What calls took by the bill of the last five days, in thousands."""
    plane.sandbox.advance(seconds=31)
    now = plane.sandbox.now()
    body: dict[str, Any] = {
        "type": "Usage",
        "timeframe": "Custom",
        "timePeriod": {"from": f"{now - timedelta(days=5):%Y-%m-%d}", "to": f"{now:%Y-%m-%d}"},
        "dataset": {
            "aggregation": {"total": {"name": "UsageQuantity", "function": "Sum"}},
            "filter": {"dimensions": {"name": "UnitOfMeasure", "operator": "In", "values": ["1K"]}},
        },
    }
    answer = plane.arm.post(f"{SUBSCRIPTION}/providers/Microsoft.CostManagement/query", json=body)
    return float(sum(row[0] for row in answer.json()["properties"]["rows"]))
