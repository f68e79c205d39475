"""Metrics come from the calls that were served, as Monitor's SDKs and older clients ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import openai
import pytest

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from tests.conftest import Sandbox
    from tests.sandbox.conftest import Plane

ASKED: Any = [{"role": "user", "content": "Hello there, how are you?"}]
METRICS = "/providers/Microsoft.Insights/metrics"
SCOPE = "https://metrics.monitor.azure.com/.default"
CALLS = 5


@pytest.fixture(scope="module")
def busy(plane: Plane) -> str:
    """A deployment that was called five times, an hour before an idle one is looked for."""
    name = plane.deploy("busy", "gpt-4.1-mini")
    plane.deploy("idle", "gpt-4.1-mini")
    for _ in range(CALLS):
        plane.v1.chat.completions.create(model=name, messages=ASKED)
    with pytest.raises(openai.NotFoundError):
        plane.v1.chat.completions.create(model="nobody", messages=ASKED)
    plane.sandbox.advance(minutes=30)
    return name


def _ask(plane: Plane, status: int = 200, **query: str) -> dict[str, Any]:
    named = {name.replace("filter", "$filter"): value for name, value in query.items()}
    answer = plane.arm.get(
        f"{plane.account}{METRICS}", params={"api-version": "2018-01-01", **named}
    )
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _totals(body: dict[str, Any]) -> dict[str, float]:
    series = body["value"][0]["timeseries"]
    return {
        ",".join(item["value"] for item in one["metadatavalues"]): sum(
            point.get("total", 0) for point in one["data"]
        )
        for one in series
    }


def test_served_calls_are_counted_by_deployment(plane: Plane, busy: str) -> None:
    name = plane.deploy("counted", "gpt-4.1-mini")
    for _ in range(CALLS):
        plane.v1.chat.completions.create(model=name, messages=ASKED)
    plane.sandbox.advance(minutes=5)
    body = _ask(
        plane,
        metricnames="AzureOpenAIRequests",
        timespan="P1D",
        interval="PT1H",
        aggregation="total",
        filter="ModelDeploymentName eq '*'",
    )
    totals = _totals(body)

    assert totals[name] == CALLS
    assert totals[busy] >= CALLS
    assert "idle" not in totals, "who is idle has no series"
    assert "nobody" not in totals, "and calls to what does not exist are not served"
    assert body["namespace"] == "Microsoft.CognitiveServices/accounts"
    assert body["resourceregion"] == "swedencentral"


def test_tokens_are_those_of_the_answers(plane: Plane, busy: str) -> None:
    usage = plane.v1.chat.completions.create(model=busy, messages=ASKED).usage
    assert usage
    plane.sandbox.advance(minutes=4)
    now = plane.sandbox.now()
    span = f"{now - timedelta(minutes=6):%Y-%m-%dT%H:%M:%SZ}/PT6M"
    found = {}
    for name in ("ProcessedPromptTokens", "GeneratedTokens", "TokenTransaction", "ActiveTokens"):
        body = _ask(plane, metricnames=name, timespan=span, interval="PT1M", aggregation="Total")
        found[name] = _totals(body)[""]

    assert found == {
        "ProcessedPromptTokens": usage.prompt_tokens,
        "GeneratedTokens": usage.completion_tokens,
        "TokenTransaction": usage.total_tokens,
        "ActiveTokens": usage.total_tokens,
    }


def test_the_last_three_minutes_are_not_there_yet(plane: Plane, busy: str) -> None:
    plane.sandbox.advance(hours=3)
    plane.v1.chat.completions.create(model=busy, messages=ASKED)
    early = _ask(plane, metricnames="ModelRequests", timespan="PT1H", interval="PT1H")
    plane.sandbox.advance(minutes=4)
    late = _ask(plane, metricnames="ModelRequests", timespan="PT1H", interval="FULL")

    assert early["value"][0]["timeseries"] == []
    assert _totals(late) == {"": 1.0}


@pytest.mark.parametrize("spelling", ["space", "encoded twice", "fractional duration", "offset"])
def test_a_time_span_is_read_in_every_spelling(spelling: str, plane: Plane, busy: str) -> None:
    plane.v1.chat.completions.create(model=busy, messages=ASKED)
    plane.sandbox.advance(minutes=5)
    now = plane.sandbox.now()
    start, end = now - timedelta(hours=1), now
    span = {
        "space": f"{start:%Y-%m-%d %H:%M:%S}.3/{end:%Y-%m-%d %H:%M:%S}.3",
        "encoded twice": quote(quote(f"{start:%Y-%m-%dT%H:%M:%SZ}/{end:%Y-%m-%dT%H:%M:%SZ}", "")),
        "fractional duration": "PT3600.0S",
        "offset": f"{start:%Y-%m-%dT%H:%M:%S+00:00}/{end:%Y-%m-%dT%H:%M:%S+00:00}",
    }[spelling]
    body = _ask(plane, metricnames="AzureOpenAIRequests", timespan=span, aggregation="total")

    assert _totals(body)[""] >= 1
    assert body["interval"] == "PT1M"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"metricnames": "Happiness"}, "Failed to find metric configuration"),
        ({"metricnames": "ModelRequests", "interval": "PT7M"}, "Invalid time grain"),
        ({"metricnames": "ModelRequests", "timespan": "yesterday"}, "yesterday"),
        ({"metricnames": "ModelRequests", "filter": "Mood eq 'x'"}, "Dimension Mood"),
        ({"metricnames": "ModelRequests", "filter": "ModelName eq"}, "cannot be read"),
        ({"metricnames": "ModelRequests", "aggregation": "median"}, "median"),
    ],
)
def test_what_cannot_be_answered_is_refused_flatly(
    query: dict[str, str], words: str, plane: Plane
) -> None:
    body = _ask(plane, 400, **query)

    assert body.keys() == {"code", "message"}
    assert body["code"] == "BadRequest"
    assert words in body["message"]


def test_training_hours_are_counted_when_a_job_succeeds(plane: Plane) -> None:
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Question {number}?"},
                {"role": "assistant", "content": f"Answer {number}."},
            ]
        }
        for number in range(10)
    ]
    plane.finish(plane.start(plane.upload(rows)).id)
    plane.sandbox.advance(minutes=5)
    body = _ask(plane, metricnames="FineTunedTrainingHours", timespan="PT6H", interval="PT6H")

    assert 0.1 < sum(_totals(body).values()) < 1


@pytest.mark.proves("GET metrics", "GET metricDefinitions", client="azure-mgmt-monitor")
def test_the_management_sdk_reads_metrics_and_their_definitions(
    plane: Plane, busy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.mgmt.monitor import MonitorManagementClient

    for name, value in plane.sandbox.env.items():
        monkeypatch.setenv(name, value)
    with MonitorManagementClient(_Token(plane.sandbox), plane.account.split("/")[2]) as client:
        now = plane.sandbox.now()
        answer = client.metrics.list(
            plane.account,
            metricnames="AzureOpenAIRequests,GeneratedTokens",
            timespan=f"{(now - timedelta(days=1)).isoformat()}/{now.isoformat()}",
            interval="PT1H",
            aggregation="Total",
            filter="ModelDeploymentName eq 'busy'",
        )
        defined = client.metric_definitions.list(plane.account)
        names = {item.name.value for item in defined if item.name}

    totals = [
        sum(float(point.total or 0) for point in metric.timeseries[0].data or [])
        for metric in answer.value
    ]
    assert totals[0] >= CALLS
    assert totals[1] > totals[0]
    assert {"AzureOpenAIRequests", "FineTunedTrainingHours", "ActiveTokens"} <= names
    assert busy == "busy"


class _Token:
    """A credential that asks this sandbox, whatever the environment says."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def get_token(self, *scopes: str, **_more: Any) -> AccessToken:
        from azure.core.credentials import AccessToken

        return AccessToken(self._sandbox.token(scopes[0]), 2**33)


@pytest.fixture
def batch(plane: Plane) -> Iterator[httpx.Client]:
    """The metrics endpoint of the account's region, signed in for it."""
    with plane.sandbox.arm() as client:
        client.base_url = httpx.URL("https://swedencentral.metrics.monitor.azure.com")
        client.headers["authorization"] = f"Bearer {plane.sandbox.token(SCOPE)}"
        yield client


def _batch(batch: httpx.Client, ids: list[str], **query: str) -> httpx.Response:
    return batch.post(
        "/subscriptions/22222222-2222-2222-2222-222222222222/metrics:getBatch",
        params={
            "api-version": "2024-02-01",
            "metricnamespace": "Microsoft.CognitiveServices/accounts",
            "metricnames": "ModelRequests",
            "interval": "FULL",
            **query,
        },
        json={"resourceids": ids},
    )


@pytest.mark.proves("POST metrics:getBatch", client="azure-monitor-querymetrics")
def test_the_batch_sdk_reads_a_region(
    plane: Plane, busy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azure.monitor.querymetrics import MetricAggregationType, MetricsClient

    for name, value in plane.sandbox.env.items():
        monkeypatch.setenv(name, value)
    now = plane.sandbox.now()
    where = "https://swedencentral.metrics.monitor.azure.com"
    with MetricsClient(where, _Token(plane.sandbox)) as client:
        results = client.query_resources(
            resource_ids=[plane.account],
            metric_namespace="Microsoft.CognitiveServices/accounts",
            metric_names=["AzureOpenAIRequests"],
            timespan=(now - timedelta(days=1), now),
            granularity=timedelta(hours=1),
            aggregations=[MetricAggregationType.TOTAL],
            filter="ModelDeploymentName eq '*'",
        )

    series = results[0].metrics[0].timeseries
    found = {one.metadata_values["modeldeploymentname"]: one.data for one in series}
    assert sum(point.total or 0 for point in found[busy]) >= CALLS
    assert "idle" not in found


@pytest.mark.proves("POST metrics:getBatch", client="httpx")
def test_a_filtered_batch_cuts_series_off_after_ten_and_says_nothing(
    plane: Plane, batch: httpx.Client
) -> None:
    for number in range(12):
        name = plane.deploy(f"many-{number}", "gpt-4.1-mini", capacity=1)
        plane.v1.chat.completions.create(model=name, messages=ASKED)
    plane.sandbox.advance(minutes=5)
    now = plane.sandbox.now()
    query = {
        "starttime": (now - timedelta(hours=1)).isoformat(),
        "endtime": now.isoformat(),
        "filter": "ModelDeploymentName eq '*'",
    }

    def names(**more: str) -> set[str]:
        answer = _batch(batch, [plane.account], **query, **more)
        assert answer.status_code == 200, answer.text
        series = answer.json()["values"][0]["value"][0]["timeseries"]
        return {one["metadatavalues"][0]["value"] for one in series}

    assert len(names()) == 10
    assert {f"many-{number}" for number in range(12)} <= names(top="1000")


def test_a_batch_has_its_bounds(plane: Plane, batch: httpx.Client) -> None:
    many = _batch(batch, [plane.account] * 51)
    absent = _batch(batch, [f"{plane.account}-gone"])
    batch.base_url = httpx.URL("https://eastus2.metrics.monitor.azure.com")
    elsewhere = _batch(batch, [plane.account])
    del batch.headers["authorization"]

    assert (many.status_code, absent.status_code, elsewhere.status_code) == (400, 404, 400)
    assert "50" in many.json()["message"]
    assert _batch(batch, [plane.account]).status_code == 401
