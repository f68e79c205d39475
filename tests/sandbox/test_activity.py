"""The Activity Log through azure-mgmt-monitor: every write is in it, what is gone included."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
VALUES = f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
WRITE = "Microsoft.CognitiveServices/accounts/deployments/write"
DELETE = "Microsoft.CognitiveServices/accounts/deployments/delete"

Maker = Callable[..., str]


def _entries(arm: httpx.Client, sandbox: Sandbox, resource: str, **query: str) -> list[Any]:
    since = (sandbox.now() - timedelta(days=1)).isoformat()
    wanted = f"eventTimestamp ge '{since}' and resourceUri eq '{resource}'"
    params = {"api-version": "2015-04-01", "$filter": wanted, **query}
    found: list[Any] = []
    page = arm.get(VALUES, params=params).json()
    found += page["value"]
    while link := page.get("nextLink"):
        page = arm.get(link).json()
        found += page["value"]
    return found


@pytest.mark.proves(
    "GET activityLogs",
    client="azure-mgmt-monitor",
    differs="assumed: which entries of a write carry its body and answer, and their statuses",
)
def test_the_sdk_reads_a_deployment_that_no_longer_exists(
    shell_env: Sandbox, arm: httpx.Client, account: str, make_deployment: Maker
) -> None:
    from azure.identity import DefaultAzureCredential
    from azure.mgmt.monitor import MonitorManagementClient

    path = make_deployment(account, "gone")
    arm.delete(path)
    since = (shell_env.now() - timedelta(hours=1)).isoformat()
    group = account.split("/")[4]

    with (
        DefaultAzureCredential() as credential,
        MonitorManagementClient(credential, SUBSCRIPTION.rpartition("/")[2]) as client,
    ):
        entries = list(
            client.activity_logs.list(
                filter=f"eventTimestamp ge '{since}' and resourceGroupName eq '{group}'"
            )
        )

    shown = [one.as_dict() for one in entries]
    seen = [
        (one["operation_name"]["value"], one["status"]["value"])
        for one in reversed(shown)
        if one["resource_id"] == path
    ]
    assert seen == [
        (WRITE, "Started"),
        (WRITE, "Accepted"),
        (WRITE, "Succeeded"),
        (DELETE, "Started"),
        (DELETE, "Succeeded"),
    ]
    times = [datetime.fromisoformat(one["event_timestamp"]) for one in shown]
    assert times == sorted(times, reverse=True)


def test_a_write_carries_its_body_and_its_answer(
    arm: httpx.Client, sandbox: Sandbox, account: str, make_deployment: Maker
) -> None:
    path = make_deployment(account, "seen", capacity=3)

    by_status = {
        entry["status"]["value"]: entry["properties"] for entry in _entries(arm, sandbox, path)
    }

    assert json.loads(by_status["Started"]["requestbody"])["sku"]["capacity"] == 3
    answer = json.loads(by_status["Accepted"]["responseBody"])
    assert answer["properties"]["model"]["name"] == "gpt-4.1-mini"


def test_a_refused_write_is_logged_as_failed(
    arm: httpx.Client, sandbox: Sandbox, account: str
) -> None:
    path = f"{account}/deployments/refused"
    arm.put(path, json={"properties": {"model": {"format": "OpenAI", "name": "gpt-9"}}})

    entries = _entries(arm, sandbox, path)

    assert [one["status"]["value"] for one in entries] == ["Failed", "Started"]
    assert "DeploymentModelNotSupported" in entries[0]["properties"]["statusMessage"]


def test_an_entry_that_is_still_to_come_is_not_shown(
    arm: httpx.Client, sandbox: Sandbox, account: str
) -> None:
    path = f"{account}/deployments/slow"
    body = {
        "sku": {"name": "GlobalStandard", "capacity": 1},
        "properties": {"model": {"format": "OpenAI", "name": "gpt-4.1-mini"}},
    }
    sandbox.ask("POST", "clock", {"speed": 0})
    try:
        arm.put(path, json=body)
        before = [one["status"]["value"] for one in _entries(arm, sandbox, path)]
    finally:
        sandbox.ask("POST", "clock", {"speed": 1})
    sandbox.advance(seconds=2)
    after = [one["status"]["value"] for one in _entries(arm, sandbox, path)]

    assert before == ["Accepted", "Started"]
    assert after == ["Succeeded", "Accepted", "Started"]


@pytest.mark.proves("GET activityLogs", client="httpx")
def test_select_keeps_the_fields_asked_for(
    arm: httpx.Client, sandbox: Sandbox, account: str
) -> None:
    entries = _entries(arm, sandbox, account, **{"$select": "operationName,status"})

    assert entries
    assert all(one.keys() == {"id", "eventTimestamp", "operationName", "status"} for one in entries)


@pytest.mark.proves("GET activityLogs", client="httpx")
def test_pages_hold_every_entry_once(arm: httpx.Client, sandbox: Sandbox, account: str) -> None:
    for number in range(5):
        arm.patch(account, json={"tags": {"n": str(number)}})

    whole = [one["eventDataId"] for one in _entries(arm, sandbox, account)]
    paged = [one["eventDataId"] for one in _entries(arm, sandbox, account, **{"$top": "3"})]

    assert len(whole) >= 12
    assert paged == whole


@pytest.mark.parametrize(
    "wanted",
    ["", "status eq 'Succeeded'", "eventTimestamp ge 'yesterday'", "nonsense", "a eq 'b' or c"],
)
def test_a_filter_without_a_time_or_sense_is_refused(arm: httpx.Client, wanted: str) -> None:
    answer = arm.get(VALUES, params={"api-version": "2015-04-01", "$filter": wanted})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


def test_the_log_reaches_ninety_days_back(arm: httpx.Client, sandbox: Sandbox) -> None:
    since = (sandbox.now() - timedelta(days=100)).isoformat()
    params = {"api-version": "2015-04-01", "$filter": f"eventTimestamp ge '{since}'"}

    assert arm.get(VALUES, params=params).status_code == 400
