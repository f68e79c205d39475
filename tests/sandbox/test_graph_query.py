"""Resource Graph answers the Kusto that clients send, and says what it cannot read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION_ID = "22222222-2222-2222-2222-222222222222"
GRAPH = "/providers/Microsoft.ResourceGraph/resources"
EXAMPLES = Path(__file__).parents[2].parent / "shared/azure-specs/resourcegraph/2024-04-01/examples"
PLACES = {"g-one": "swedencentral", "g-two": "eastus2", "g-three": "eastus2"}
TYPE = "microsoft.cognitiveservices/accounts"

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def graph(alone: Sandbox) -> Iterator[httpx.Client]:
    """Three accounts in two regions, the first with a deployment and tags."""
    with alone.arm("2025-06-01") as client:
        group = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/RG-Graph"
        client.put(group, json={"location": "eastus2"})
        for name, place in PLACES.items():
            body: dict[str, Any] = {
                "location": place,
                "kind": "OpenAI",
                "sku": {"name": "S0"},
                "tags": {"Owner": name} if name == "g-one" else None,
                "properties": {"customSubDomainName": name},
            }
            path = f"{group}/providers/Microsoft.CognitiveServices/accounts/{name}"
            assert client.put(path, json=body).is_success
            alone.advance(seconds=5)
        first = f"{group}/providers/Microsoft.CognitiveServices/accounts/g-one"
        model = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        deployment = {
            "sku": {"name": "GlobalStandard", "capacity": 1},
            "properties": {"model": model},
        }
        assert client.put(f"{first}/deployments/d", json=deployment).is_success
        alone.advance(seconds=5)
        yield client


@pytest.fixture
def ask(graph: httpx.Client, alone: Sandbox) -> Ask:
    """What a query answers, once the quota's window is over."""

    def post(query: Any, status: int = 200, version: str = "2021-03-01", **more: Any) -> Any:
        alone.advance(seconds=6)
        body = {"subscriptions": [SUBSCRIPTION_ID], "query": query, **more}
        answer = graph.post(GRAPH, json=body, params={"api-version": version})
        assert answer.status_code == status, answer.text
        return answer.json()

    return post


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (f"resources | where type =~ '{TYPE}' | project name", [["g-one"], ["g-three"], ["g-two"]]),
        (
            "Resources | where location in ('swedencentral', 'x') | project name, location",
            [["g-one", "swedencentral"]],
        ),
        (
            "resources | where name !in~ ('G-ONE') and not(name has 'two') | project name",
            [["g-three"]],
        ),
        (
            "resources | summarize count() by location | order by count_",
            [["eastus2", 2], ["swedencentral", 1]],
        ),
        ("resources | summarize n = count()", [[3]]),
        (
            "resources | where tags['Owner'] == 'g-one' or tags.a == 'x' | project o = tags.Owner",
            [["g-one"]],
        ),
        ("resources | order by name asc | take 2 | project name", [["g-one"], ["g-three"]]),
        ("resources | top 1 by name | project toupper(name)", [["G-TWO"]]),
        (
            "resources | extend k = tostring(sku.name) | where k startswith 's' | summarize by k",
            [["S0"]],
        ),
        ("resources | where isnotempty(tags) | count", [[1]]),
        ("resources | distinct resourceGroup", [["rg-graph"]]),
        ("resources | where type contains 'deployments' | count", [[0]]),
        (
            "resources // all of them\n| project kind, strcat(name, '!') | limit 1",
            [["OpenAI", "g-one!"]],
        ),
        (
            "resourcecontainers | where type endswith 'resourcegroups' | project name",
            [["RG-Graph"]],
        ),
    ],
)
@pytest.mark.proves(
    "POST ResourceGraph/resources",
    client="httpx",
    differs="twelve operators of Kusto, two tables; a write is seen at once",
)
def test_a_query_is_answered(query: str, rows: list[list[Any]], ask: Ask) -> None:
    found = ask(query)

    assert [list(row.values()) for row in found["data"]] == rows
    assert found["totalRecords"] == found["count"] == len(rows)
    assert found["resultTruncated"] == "false"
    assert found["facets"] == []


def test_columns_are_named_as_kusto_names_them(ask: Ask) -> None:
    [row] = ask(
        "resources | where name == 'g-one' | project tostring(properties.endpoint), sku.name"
    )["data"]
    [folded] = ask("resources | summarize count(), max(name) by tostring(sku.name)")["data"]

    assert list(row) == ["properties_endpoint", "sku_name"]
    assert folded == {"sku_name": "S0", "count_": 3, "max_name": "g-two"}


def test_cloud_custodian_gets_a_table_for_a_query_without_one(ask: Ask) -> None:
    found = ask(
        "where type =~ 'Microsoft.CognitiveServices/accounts'", version="2020-04-01-preview"
    )
    names = [column["name"] for column in found["data"]["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in found["data"]["rows"]]

    assert {row["name"]: row["location"] for row in rows} == PLACES
    assert rows[0]["type"] == TYPE
    assert rows[0]["resourceGroup"] == "rg-graph"
    assert rows[0]["tags"] == {"Owner": "g-one"}
    assert rows[0]["properties"]["provisioningState"] == "Succeeded"
    assert {column["type"] for column in found["data"]["columns"]} <= {"string", "object"}
    assert len(ask("", version="2020-04-01-preview")["data"]["rows"]) == 3


def test_pages_follow_a_token_that_goes_with_its_query(ask: Ask) -> None:
    query = "resources | project id, name | order by name asc"
    first = ask(query, options={"$top": 2})
    second = ask(query, options={"$skipToken": first["$skipToken"]})
    stolen = ask("resources", 400, options={"$skipToken": first["$skipToken"]})
    without_id = ask("resources | project name", options={"$top": 2, "$skip": 0})
    limited = ask("resources | take 3", options={"$top": 2})

    assert [row["name"] for row in first["data"] + second["data"]] == ["g-one", "g-three", "g-two"]
    assert (first["totalRecords"], first["count"], first["resultTruncated"]) == (3, 2, "false")
    assert "$skipToken" not in second
    assert stolen["error"]["details"][0]["code"] == "InvalidSkipToken"
    assert (without_id["resultTruncated"], "$skipToken" in without_id) == ("true", False)
    assert (limited["resultTruncated"], "$skipToken" in limited) == ("true", False)


@pytest.mark.parametrize(
    ("query", "token"),
    [
        ("resources | join kind=inner (resourcecontainers) on id", "join"),
        ("resources | mv-expand zones", "mv-expand"),
        ("securityresources | take 1", "securityresources"),
        ("resources | where name matches regex 'x'", "matches"),
        ("resources | extend a = parse_json(name)", "parse_json"),
        ("resources | summarize make_list(name)", "make_list"),
        ("resources | order by name asc nulls last", "nulls"),
    ],
)
def test_what_the_sandbox_does_not_read_is_named(query: str, token: str, ask: Ask) -> None:
    error = ask(query, 400)["error"]

    assert error["code"] == "BadRequest"
    assert error["message"].startswith("Please provide below info when asking for support")
    assert [one["code"] for one in error["details"]] == ["InvalidQuery", "InvalidQueryLanguage"]
    assert error["details"][1]["token"] == token
    assert "does not read the" in error["details"][1]["message"]


@pytest.mark.parametrize(
    ("query", "token"),
    [
        ("resources | where type =~ ", "<EOF>"),
        ("resources | where (name == 'x'", "<EOF>"),
        ("resources | where colour == 'red'", "colour"),
        ("resources | where name == 'x", "'"),
        ("resources | take many", "many"),
        ("resources | where name = 'x'", "="),
        ("resources || count", "|"),
        ("resources | project tolower()", "tolower"),
    ],
)
def test_a_query_that_is_wrong_says_where(query: str, token: str, ask: Ask) -> None:
    details = ask(query, 400)["error"]["details"]

    assert details[1]["code"] == "ParserFailure"
    assert details[1]["token"] == token
    assert details[1]["line"] == 1


@pytest.mark.parametrize(
    "more",
    [
        {"subscriptions": ["99999999-9999-9999-9999-999999999999"]},
        {"options": {"$top": 0}},
        {"options": {"$top": "many"}},
        {"options": {"$skip": -1}},
        {"options": {"$skipToken": "x"}},
        {"options": {"resultFormat": "poem"}},
        {"options": [1]},
        {"query": 7},
        {"facets": [{"expression": "location"}]},
    ],
)
def test_options_out_of_reach_are_refused(more: dict[str, Any], ask: Ask) -> None:
    error = ask(more.pop("query", "resources"), 400, **more)["error"]

    assert error["code"] == "BadRequest"
    assert error["details"][0]["message"]


def test_fifteen_queries_in_five_seconds_are_all(graph: httpx.Client, alone: Sandbox) -> None:
    alone.ask("POST", "/clock", {"speed": 0})
    alone.advance(seconds=6)
    answers = [graph.post(GRAPH, json={"query": "resources | count"}) for _ in range(16)]
    alone.advance(seconds=5)
    again = graph.post(GRAPH, json={"query": "resources | count"})
    alone.ask("POST", "/clock", {"speed": 1})

    assert [answer.status_code for answer in answers] == [200] * 15 + [429]
    assert answers[0].headers["x-ms-user-quota-remaining"] == "14"
    assert answers[0].headers["x-ms-user-quota-resets-after"] == "00:00:05"
    assert answers[-1].headers["x-ms-user-quota-remaining"] == "0"
    assert answers[-1].json()["error"]["code"] == "RateLimiting"
    assert again.headers["x-ms-user-quota-remaining"] == "14"


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the published examples are not here")
@pytest.mark.parametrize(
    "name",
    ["Basic", "Complex", "Filter", "FirstPage", "RandomPage", "Properties", "Summarize"],
)
@pytest.mark.proves("POST ResourceGraph/resources", client="published example")
def test_a_published_example_is_answered_in_its_shape(name: str, ask: Ask) -> None:
    example = json.loads((EXAMPLES / f"Resources{name}Query.json").read_text(encoding="utf-8"))
    sent = example["parameters"]["query"]
    published = example["responses"]["200"]["body"]
    found = ask(sent["query"], version="2024-04-01", options=sent.get("options") or {})

    assert found.keys() >= published.keys() - {"$skipToken"}
    for row in found["data"]:
        assert len(row) == len(published["data"][0])


WORDS = st.sampled_from(
    (
        *("resources", "|", "where", "project", "extend", "summarize", "count()", "by", "name"),
        *("type", "=", "=~", "==", "in", "(", ")", ",", "'x'", "1", "and", "or", "not", "tags"),
        *(".", "[", "]", "order", "asc", "top", "5", "limit", "distinct", '"', "'", "//", "!"),
        *("project-away", "\ud83d", "{"),
    )
)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(words=st.lists(WORDS, max_size=12))
def test_no_text_breaks_it(words: list[str], graph: httpx.Client, alone: Sandbox) -> None:
    alone.advance(seconds=6)
    answer = graph.post(
        GRAPH,
        content=json.dumps({"query": " ".join(words)}),
        headers={"content-type": "application/json"},
    )

    assert answer.status_code in (200, 400), answer.text
