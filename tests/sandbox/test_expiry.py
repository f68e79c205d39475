"""Deployments that Azure deletes by itself, asked through its own SDKs on the sandbox's clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    import openai
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from azure.mgmt.monitor import MonitorManagementClient
    from tests.conftest import Sandbox

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/world"
DELETE = "Microsoft.CognitiveServices/accounts/deployments/delete"
HOURS = {"rate": "9/h", "since": "2d"}
UNSURE = (
    "assumed: that a pause does not count as use, and that AIServices accounts are no exception"
)


@dataclass(frozen=True)
class Place:
    """An account that a world file made, and who speaks to it."""

    sandbox: Sandbox
    arm: httpx.Client
    management: CognitiveServicesManagementClient
    name: str
    calls: int
    expired: int

    @property
    def account(self) -> str:
        return f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/{self.name}"

    def names(self) -> list[str]:
        """The deployments that Resource Manager lists."""
        return [str(one.name) for one in self.management.deployments.list("world", self.name)]

    def openai(self) -> openai.AzureOpenAI:
        import openai

        key = self.management.accounts.list_keys("world", self.name).key1
        return openai.AzureOpenAI(
            azure_endpoint=f"{self.sandbox.http}/_acct/{self.name}",
            api_key=key,
            api_version="2024-10-21",
            max_retries=0,
        )

    def ask(self, deployment: str) -> str:
        """`answered`, or the code of Azure's refusal."""
        import openai

        with self.openai() as client:
            try:
                said: Any = [{"role": "user", "content": "Hi"}]
                client.chat.completions.create(model=deployment, messages=said)
            except openai.APIStatusError as error:
                return f"{error.status_code} {error.code}"
        return "answered"

    def happened(self, deployment: str, kind: str) -> list[datetime]:
        """When the one history says that something happened to a deployment."""
        subject = f"{self.account}/deployments/{deployment}".casefold()
        events = self.sandbox.ask("GET", f"state?kind={kind}")["events"]
        return [datetime.fromisoformat(e["time"]) for e in events if e["subject"] == subject]


Make = Callable[..., Place]


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with a year ahead of it in which the model can still be trained."""
    from tests.conftest import start_sandbox, stop_sandbox

    state = tmp_path_factory.mktemp("early") / "s"
    started = start_sandbox(state, "--at", "2026-02-02T09:00:00Z")
    yield started
    stop_sandbox(started)


@pytest.fixture
def shell(early: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """This process's environment as a shell's that points at the module's own sandbox."""
    for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_"))]:
        monkeypatch.delenv(name)
    for name, value in early.env.items():
        monkeypatch.setenv(name, value)
    return early


@pytest.fixture
def make(shell: Sandbox, unique: Callable[[str], str]) -> Iterator[Make]:
    """Makes an account with a tuned model `m` and deployments of it, and a base model's `base`."""
    from azure.identity import DefaultAzureCredential
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

    with (
        shell.arm() as arm,
        DefaultAzureCredential() as credential,
        CognitiveServicesManagementClient(credential, SUBSCRIPTION) as management,
    ):

        def build(*deployments: dict[str, Any], kind: str = "OpenAI") -> Place:
            name = unique("idle")
            tuned = [{"model": "m", "created": "0s", **one} for one in deployments]
            body = {
                "name": name,
                "kind": kind,
                "created": "60d",
                "tuned_models": [{"name": "m", "created": "60d"}],
                "deployments": [*tuned, {"name": "base", "created": "50d"}],
            }
            made = shell.ask("POST", "world", {"accounts": [body]})
            return Place(shell, arm, management, name, made["calls"], made["expired"])

        yield build


@pytest.fixture
def log(shell: Sandbox) -> Iterator[MonitorManagementClient]:
    """azure-mgmt-monitor, which tells of what no longer exists."""
    from azure.identity import DefaultAzureCredential
    from azure.mgmt.monitor import MonitorManagementClient

    with (
        DefaultAzureCredential() as credential,
        MonitorManagementClient(credential, shell.env["AZURE_SUBSCRIPTION_ID"]) as client,
    ):
        yield client


@pytest.mark.parametrize("kind", ["OpenAI", "AIServices"])
@pytest.mark.proves(
    "GET accounts/deployments",
    "GET accounts/deployments (list)",
    client="azure-mgmt-cognitiveservices",
    differs="assumed: a tuned deployment of an AIServices account is deleted when idle as well",
)
@pytest.mark.proves("POST openai/deployments/{deployment}/chat/completions", client="openai")
def test_a_tuned_deployment_without_a_call_for_fifteen_days_is_deleted(
    make: Make, kind: str
) -> None:
    from azure.core.exceptions import ResourceNotFoundError

    place = make({"name": "quiet", "sku": "Standard"}, kind=kind)
    place.sandbox.advance(days=14, hours=23)
    assert sorted(place.names()) == ["base", "quiet"]

    place.sandbox.advance(hours=2)

    assert place.names() == ["base"], "a base model's deployment stays"
    with pytest.raises(ResourceNotFoundError):
        place.management.deployments.get("world", place.name, "quiet")
    assert place.ask("quiet") == "404 DeploymentNotFound"
    assert place.ask("base") == "answered"


@pytest.mark.proves("POST openai/deployments/{deployment}/chat/completions", client="openai")
def test_a_call_starts_the_fifteen_days_again(make: Make) -> None:
    place = make({"name": "asked"})
    place.sandbox.advance(days=14)
    assert place.ask("asked") == "answered"
    called = place.sandbox.now()

    place.sandbox.advance(days=14, hours=23)
    assert "asked" in place.names()
    place.sandbox.advance(days=40)

    assert "asked" not in place.names()
    (deleted,) = place.happened("asked", "deployment.deleted")
    assert abs(deleted - called - timedelta(days=15)) < timedelta(minutes=1)


@pytest.mark.proves("PUT accounts/deployments", client="azure-mgmt-cognitiveservices")
def test_the_tuned_model_stays_and_is_deployed_again(make: Make) -> None:
    place = make({"name": "again", "sku": "DeveloperTier"})
    before = place.management.deployments.get("world", place.name, "again")
    assert before.properties
    assert before.properties.model
    place.sandbox.advance(hours=25)
    assert "again" not in place.names()

    with place.openai() as client:
        assert before.properties.model.name in {model.id for model in client.models.list()}
    sent: Any = {
        "sku": {"name": "DeveloperTier", "capacity": 1},
        "properties": {"model": before.properties.model},
    }
    place.management.deployments.begin_create_or_update("world", place.name, "again", sent).result()
    place.sandbox.advance(minutes=1)

    assert place.ask("again") == "answered"
    place.sandbox.advance(hours=23)
    assert "again" in place.names(), "its day begins with it"


@pytest.mark.proves(
    "PUT accounts/deployments",
    client="httpx",
    differs="assumed: that a change of capacity does not begin the days anew",
)
def test_what_begins_the_days_anew_and_what_does_not(make: Make) -> None:
    place = make({"name": "day", "sku": "DeveloperTier"}, {"name": "scaled"}, {"name": "turned"})
    place.sandbox.advance(hours=20)
    for name, sku, capacity in (("scaled", "GlobalStandard", 2), ("turned", "DeveloperTier", 1)):
        path = f"{place.account}/deployments/{name}"
        model = place.arm.get(path).json()["properties"]["model"]
        body = {"sku": {"name": sku, "capacity": capacity}, "properties": {"model": model}}
        assert place.arm.put(path, json=body).status_code == 200
    place.sandbox.advance(minutes=1)
    assert place.ask("day") == "answered"

    place.sandbox.advance(hours=5)
    assert sorted(place.names()) == ["base", "scaled", "turned"], "a call does not save it"
    place.sandbox.advance(hours=20)
    assert sorted(place.names()) == ["base", "scaled"]
    place.sandbox.advance(days=13, hours=4)

    assert place.names() == ["base"]


@pytest.mark.proves(
    "POST accounts/deployments/pause",
    client="httpx",
    differs="assumed: a pause is no use, so the 15 days go on",
)
def test_a_paused_deployment_is_idle_too(make: Make) -> None:
    place = make({"name": "paused"})
    assert place.arm.post(f"{place.account}/deployments/paused/pause").status_code == 200

    place.sandbox.advance(days=15, minutes=1)

    assert "paused" not in place.names()


@pytest.mark.proves("GET locations/usages", client="azure-mgmt-cognitiveservices")
def test_its_quota_is_free_again(make: Make) -> None:
    def used() -> float:
        lines = place.management.usages.list("swedencentral")
        name = "OpenAI.GlobalStandard.gpt4.1-mini-finetune"
        return next(float(u.current_value or 0) for u in lines if u.name and u.name.value == name)

    place = make({"name": "large", "capacity": 7})
    before = used()

    place.sandbox.advance(days=15, minutes=1)

    assert before >= 7
    assert used() <= before - 7


@pytest.mark.proves(
    "GET activityLogs",
    client="azure-mgmt-monitor",
    differs="assumed: that Azure logs its own deletions, and in its name",
)
@pytest.mark.proves("POST CostManagement/query", client="httpx")
def test_log_history_and_bill_agree_on_the_moment(make: Make, log: MonitorManagementClient) -> None:
    place = make({"name": "gone", "sku": "Standard", "capacity": 1})
    began = place.sandbox.now()
    place.sandbox.advance(days=40)

    (deleted,) = place.happened("gone", "deployment.deleted")
    assert abs(deleted - began - timedelta(days=15)) < timedelta(minutes=1)
    since, path = began.isoformat(), f"{place.account}/deployments/gone"
    wanted = f"eventTimestamp ge '{since}' and resourceUri eq '{path}'"
    entries = [
        one
        for one in log.activity_logs.list(filter=wanted)
        if one.operation_name and one.operation_name.value == DELETE
    ]
    assert [one.event_timestamp for one in entries] == [deleted]
    assert entries[0].caller == "Microsoft.CognitiveServices"
    assert _hosting_hours(place, began) == pytest.approx(15 * 24, rel=1e-3)


def _hosting_hours(place: Place, since: datetime) -> float:
    body = {
        "type": "ActualCost",
        "timeframe": "Custom",
        "timePeriod": {"from": f"{since:%Y-%m-%d}", "to": f"{place.sandbox.now():%Y-%m-%d}"},
        "dataset": {
            "aggregation": {"total": {"name": "UsageQuantity", "function": "Sum"}},
            "grouping": [{"type": "Dimension", "name": "Meter"}],
            "filter": {
                "dimensions": {"name": "ResourceId", "operator": "In", "values": [place.account]}
            },
        },
    }
    path = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CostManagement/query"
    answer = place.arm.post(path, json=body)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["properties"]["rows"]
    return sum(float(row[0]) for row in rows if "hosting" in row[1])


@pytest.mark.parametrize(
    ("deployment", "outcome"),
    [
        ({"created": "20d"}, "gone, never called"),
        ({"created": "14d"}, "there, never called"),
        ({"created": "20d", "traffic": {"rate": "1/h", "since": "3d"}}, "gone, never called"),
        ({"created": "20d", "traffic": {"rate": "1/h", "since": "10d"}}, "there, called"),
        ({"created": "20d", "traffic": {"rate": "1/h", "since": "20d"}}, "there, called"),
        ({"created": "40d", "sku": "DeveloperTier"}, "gone, never called"),
        ({"created": "2d", "sku": "DeveloperTier", "traffic": HOURS}, "gone, called"),
        ({"created": "20h", "sku": "DeveloperTier", "traffic": HOURS}, "there, called"),
    ],
)
def test_a_world_file_tells_the_past_as_azure_would_have_had_it(
    make: Make, deployment: dict[str, Any], outcome: str
) -> None:
    place = make({"name": "d", **deployment})

    there = "d" in place.names()
    calls, deleted = place.happened("d", "call"), place.happened("d", "deployment.deleted")
    told = f"{'there' if there else 'gone'}, {'called' if calls else 'never called'}"
    assert told == outcome
    assert (place.calls, place.expired) == (len(calls), len(deleted))
    assert len(deleted) == (not there)
    assert all(call < end for call in calls for end in deleted)


def test_a_tuned_model_of_another_account_is_deployed_by_a_file(make: Make) -> None:
    place = make()
    order = {"accounts": 2, "deployments": 3, "model": "m", "source": place.name, "group": "far"}
    body = {"name": place.name + "s", "created": "2d", "tuned_models": [{"name": "m"}]}
    order["source"] = body["name"]

    made = place.sandbox.ask("POST", "world", {"accounts": [body], "generate": order})

    assert made["deployments"] == 6
    path = GROUP.replace("/world", "/far") + "/providers/Microsoft.CognitiveServices/accounts"
    shown = place.arm.get(f"{path}/far-0001/deployments/d3").json()
    assert shown["properties"]["model"]["source"].endswith(f"/accounts/{body['name']}")
