"""Cost Management answers from the one history: late, by day, in Azure's columns."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob
    from tests.sandbox.conftest import Plane

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
QUERY = "/providers/Microsoft.CostManagement/query"
QPU = "x-ms-ratelimit-microsoft.costmanagement-qpu-"
EXAMPLES = (
    Path(__file__).parents[2].parent / "shared/azure-specs/costmanagement/2024-08-01/examples"
)
ROWS = [
    {"messages": [{"role": "user", "content": f"say {n}"}, {"role": "assistant", "content": "ok"}]}
    for n in range(12)
]


def _body(plane: Plane, granularity: str | None = "Daily", **dataset: Any) -> dict[str, Any]:
    now = plane.sandbox.now()
    shown = {
        "aggregation": {"totalCost": {"name": "PreTaxCost", "function": "Sum"}},
        **({"granularity": granularity} if granularity else {}),
        **dataset,
    }
    period = {"from": f"{now - timedelta(days=40):%Y-%m-%d}", "to": f"{now:%Y-%m-%d}"}
    return {"type": "ActualCost", "timeframe": "Custom", "timePeriod": period, "dataset": shown}


def _post(plane: Plane, body: Any, scope: str = SUBSCRIPTION, **query: str) -> httpx.Response:
    """Asks when no quota is in the way: an hour is far too long for a test to wait."""
    plane.sandbox.advance(seconds=21)
    return plane.arm.post(f"{scope}{QUERY}", json=body, params=query or None)


def _ask(plane: Plane, body: Any, scope: str = SUBSCRIPTION) -> list[dict[str, Any]]:
    answer = _post(plane, body, scope)
    assert answer.status_code == 200, answer.text
    shown = answer.json()["properties"]
    names = [column["name"] for column in shown["columns"]]
    return [dict(zip(names, row, strict=True)) for row in shown["rows"]]


def _by(name: str, kind: str = "Dimension") -> dict[str, Any]:
    return {"grouping": [{"type": kind, "name": name}]}


@pytest.fixture(scope="module")
def job(plane: Plane) -> FineTuningJob:
    """A tuned model, deployed for two days and asked once, three days ago."""
    plane.arm.patch(plane.account, json={"tags": {"Owner": "ada", "environment": "dev"}})
    ended = plane.finish(plane.start(plane.upload(ROWS)).id)
    assert ended.fine_tuned_model
    plane.deploy("tuned", ended.fine_tuned_model)
    plane.ask("tuned", "How are you?")
    plane.sandbox.advance(days=2)
    assert plane.arm.delete(f"{plane.account}/deployments/tuned").is_success
    plane.sandbox.advance(days=3)
    return ended


def test_a_deployment_a_call_and_a_training_are_on_the_bill(
    plane: Plane, job: FineTuningJob
) -> None:
    rows = _ask(plane, _body(plane, None, **_by("Meter")))
    cost = {row["Meter"]: row["PreTaxCost"] for row in rows}

    assert cost["gpt-4.1-mini-ft hosting global Unit"] == pytest.approx(48 * 1.7, rel=0.01)
    assert cost["gpt-4.1-mini FT Training regional Tokens"] == pytest.approx(
        job.trained_tokens * 0.00605 / 1000 if job.trained_tokens else None
    )
    assert 0 < cost["gpt-4.1-mini-ft input global Tokens"] < 0.001
    assert {row["Currency"] for row in rows} == {"USD"}


@pytest.mark.usefixtures("job")
@pytest.mark.proves(
    "POST CostManagement/query",
    client="httpx",
    differs="a day appears whole, not in parts; a page has 1,000 rows; base models cost nothing",
)
def test_days_are_numbers_and_add_up_to_the_whole(plane: Plane) -> None:
    daily = _post(plane, _body(plane, **_by("ResourceId"))).json()
    whole = _ask(plane, _body(plane, None))

    assert daily["type"] == "Microsoft.CostManagement/query"
    assert daily["properties"]["nextLink"] is None
    assert daily["properties"]["columns"] == [
        {"name": "PreTaxCost", "type": "Number"},
        {"name": "UsageDate", "type": "Number"},
        {"name": "ResourceId", "type": "String"},
        {"name": "Currency", "type": "String"},
    ]
    rows = daily["properties"]["rows"]
    assert {row[2] for row in rows} == {plane.account.lower()}
    assert [row[1] for row in rows] == sorted({row[1] for row in rows})
    assert sum(row[0] for row in rows) == pytest.approx(whole[0]["PreTaxCost"])


@pytest.mark.usefixtures("job")
def test_months_tags_and_two_aggregations_are_columns_too(plane: Plane) -> None:
    body = _body(plane, "Monthly", **_by("owner", "TagKey"))
    body["dataset"]["aggregation"] = {
        "a": {"name": "Cost", "function": "Sum"},
        "b": {"name": "UsageQuantity", "function": "Sum"},
    }
    rows = _ask(plane, body)

    assert list(rows[0]) == [
        "Cost",
        "UsageQuantity",
        "BillingMonth",
        "TagKey",
        "TagValue",
        "Currency",
    ]
    assert {(row["TagKey"], row["TagValue"]) for row in rows} == {("owner", "ada")}
    assert all(datetime.fromisoformat(row["BillingMonth"]).day == 1 for row in rows)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ({"dimensions": {"name": "Meter", "operator": "In", "values": ["none"]}}, 0),
        ({"tags": {"name": "OWNER", "operator": "In", "values": ["bob", "Ada"]}}, 1),
        ({"not": {"tags": {"name": "owner", "operator": "In", "values": ["ada"]}}}, 0),
        (
            {
                "dimension": {
                    "name": "resourcelocation",
                    "operator": "in",
                    "values": ["Sweden Central"],
                }
            },
            1,
        ),
        (
            {
                "and": [
                    {
                        "dimensions": {
                            "name": "ResourceGroup",
                            "operator": "In",
                            "values": ["RG-PLANE"],
                        }
                    },
                    {
                        "or": [
                            {"tags": {"name": "owner", "operator": "In", "values": ["eve"]}},
                            {
                                "dimensions": {
                                    "name": "ServiceName",
                                    "operator": "In",
                                    "values": ["Foundry Models"],
                                }
                            },
                        ]
                    },
                ]
            },
            1,
        ),
    ],
)
@pytest.mark.usefixtures("job")
def test_a_filter_takes_rows_by_dimension_and_tag(
    condition: dict[str, Any], rows: int, plane: Plane
) -> None:
    assert len(_ask(plane, _body(plane, None, filter=condition))) == rows


@pytest.mark.usefixtures("job")
def test_cloud_custodian_reads_its_three_columns(plane: Plane) -> None:
    body = _body(
        plane,
        None,
        **_by("ResourceId"),
        filter={
            "dimensions": {
                "name": "ResourceType",
                "operator": "In",
                "values": ["Microsoft.CognitiveServices/accounts"],
            }
        },
    )
    answer = _post(plane, body, **{"api-version": "2019-11-01"}).json()
    names = [column["name"] for column in answer["properties"]["columns"]]

    assert answer["type"] == "Microsoft.CostManagement/query", "it looks at the letter case"
    assert names == ["PreTaxCost", "ResourceId", "Currency"]
    assert answer["properties"]["rows"][0][0] > 81


@pytest.mark.usefixtures("job")
def test_a_group_is_billed_for_what_is_in_it(plane: Plane) -> None:
    plane.arm.put(f"{SUBSCRIPTION}/resourceGroups/rg-empty", json={"location": "swedencentral"})
    here = _ask(plane, _body(plane, None), f"{SUBSCRIPTION}/resourcegroups/RG-plane")
    empty = _ask(plane, _body(plane, None), f"{SUBSCRIPTION}/resourceGroups/rg-empty")
    missing = _post(plane, _body(plane), f"{SUBSCRIPTION}/resourceGroups/rg-none")
    above = _post(plane, _body(plane), "/providers/Microsoft.Management/managementGroups/all")

    assert here[0]["PreTaxCost"] > 81
    assert empty == []
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "ResourceGroupNotFound")
    assert (above.status_code, above.json()["error"]["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"granularity": "Hourly"}, "Invalid dataset granularity: 'Hourly'"),
        (_by("Resource"), "Invalid dataset grouping: 'Resource'; valid values: 'ResourceGroup'"),
        ({"grouping": [_by("Meter")["grouping"][0]] * 3}, "at most 2"),
        ({"aggregation": {"x": {"name": "Joy", "function": "Sum"}}}, "aggregation: 'Joy'"),
        ({"aggregation": {"x": {"name": "Cost", "function": "Avg"}}}, "function: 'Avg'"),
        ({"filter": {"and": []}}, "at least 2"),
        ({"filter": {"tags": {"name": "a", "operator": "Like", "values": ["b"]}}}, "'Like'"),
    ],
)
def test_what_azure_would_not_answer_is_refused_in_its_words(
    change: dict[str, Any], words: str, plane: Plane
) -> None:
    answer = _post(plane, _body(plane, **change))

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "BadRequest"
    assert answer.json()["error"]["message"].startswith("Invalid query definition: ")
    assert words in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"type": "Mood", "timeframe": "MonthToDate", "dataset": {}},
        {"type": "Usage", "timeframe": "Sometime", "dataset": {"granularity": "Daily"}},
        {"type": "Usage", "timeframe": "Custom", "dataset": {"granularity": "Daily"}},
        {
            "type": "Usage",
            "timeframe": "Custom",
            "timePeriod": {"from": "2020-01-01", "to": "2026-01-01"},
            "dataset": {"granularity": "Daily"},
        },
    ],
)
def test_a_body_that_asks_nothing_is_a_bad_request(body: Any, plane: Plane) -> None:
    answer = _post(plane, body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("BadRequest", "InvalidRequestContent")


WORDS = st.sampled_from(
    (
        "In",
        "Dimension",
        "TagKey",
        "Meter",
        "Sum",
        "Cost",
        "owner",
        "9999-12-31",
        "9999-01-01",
        "\ud83d",
    )
)
KEYS = (
    "name",
    "type",
    "operator",
    "values",
    "and",
    "or",
    "not",
    "dimensions",
    "tags",
    "from",
    "to",
)
ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(grouping=ANY, condition=ANY, sorting=ANY, period=ANY)
def test_no_body_breaks_it(
    plane: Plane, grouping: Any, condition: Any, sorting: Any, period: Any
) -> None:
    dataset = {"grouping": grouping, "filter": condition, "sorting": sorting}
    body = {"type": "Usage", "timeframe": "Custom", "timePeriod": period, "dataset": dataset}
    answer = plane.arm.post(
        f"{SUBSCRIPTION}{QUERY}",
        content=json.dumps(body),
        headers={"content-type": "application/json"},
    )

    assert answer.status_code in (200, 400, 429), answer.text


def test_the_end_of_the_calendar_is_a_day_like_any_other(plane: Plane) -> None:
    body = _body(plane)
    body["timePeriod"] = {"from": "9999-06-01", "to": "9999-12-31"}

    assert _ask(plane, body) == []


@pytest.mark.proves("POST CostManagement/forecast", client="httpx", differs="always refused")
def test_there_is_no_forecast(plane: Plane) -> None:
    answer = plane.arm.post(
        f"{SUBSCRIPTION}/providers/Microsoft.CostManagement/forecast", json=_body(plane)
    )

    assert answer.status_code == 400
    assert "no forecast" in answer.json()["error"]["message"]


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the published examples are not here")
@pytest.mark.parametrize(
    "name",
    [
        "SubscriptionQuery",
        "SubscriptionQueryGrouping",
        "ResourceGroupQuery",
        "ResourceGroupQueryGrouping",
    ],
)
@pytest.mark.proves("POST CostManagement/query", client="published example")
def test_a_published_example_is_answered_in_its_shape(name: str, plane: Plane) -> None:
    example = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    published = example["responses"]["200"]["body"]["properties"]["columns"]
    answer = _post(plane, example["parameters"]["parameters"])

    assert answer.status_code == 200, answer.text
    columns = {column["name"]: column["type"] for column in answer.json()["properties"]["columns"]}
    for column in published:
        if column["name"] != "ResourceGroup" or "grouping" in str(example["parameters"]):
            assert columns[column["name"]] == column["type"]


def test_queries_cost_units_and_run_out_of_them(plane: Plane) -> None:
    later = plane.sandbox
    later.ask("POST", "/clock", {"speed": 0})
    later.advance(hours=2)
    body = {**_body(plane), "timeframe": "MonthToDate"}
    answers = [plane.arm.post(f"{SUBSCRIPTION}{QUERY}", json=body) for _ in range(13)]
    first, last = answers[0], answers[-1]
    later.advance(seconds=int(last.headers[f"{QPU}retry-after"]))
    again = plane.arm.post(f"{SUBSCRIPTION}{QUERY}", json=body)
    later.ask("POST", "/clock", {"speed": 1})

    assert [answer.status_code for answer in answers] == [200] * 12 + [429]
    assert first.headers[f"{QPU}consumed"] == "1"
    assert "QueriesPer10Sec:11" in first.headers[f"{QPU}remaining"]
    assert last.json() == {"error": {"code": "429", "message": "Too many requests. Please retry."}}
    assert last.headers[f"{QPU}retry-after"] == "10"
    assert again.status_code == 200


@pytest.mark.usefixtures("job")
def test_a_long_window_costs_a_unit_a_month(plane: Plane) -> None:
    now = plane.sandbox.now()
    body = _body(plane)
    body["timePeriod"]["from"] = f"{now - timedelta(days=300):%Y-%m-%d}"
    plane.sandbox.advance(minutes=2)
    answer = plane.arm.post(f"{SUBSCRIPTION}{QUERY}", json=body)

    assert answer.headers[f"{QPU}consumed"] == "10"
