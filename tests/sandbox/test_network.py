"""Networks, private endpoints, identities and the rest: kept as sent, with what Azure adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222"
Json = dict[str, Any]
Maker = Callable[..., str]
Put = Callable[..., Json]


@pytest.fixture
def put(arm: httpx.Client, group: str, sandbox: Sandbox) -> Put:
    """Writes `Provider/type/name` into the group and answers it once it has settled."""

    def write(path: str, **body: Any) -> Json:
        first, *rest = path.split("/")
        full = f"{group}/providers/{first}/{'/'.join(rest)}"
        answer = arm.put(full, json=body)
        assert answer.is_success, answer.text
        sandbox.advance(seconds=5)
        shown: Json = arm.get(full).json()
        return shown

    return write


def _network(put: Put, *subnets: str, prefix: str = "10.1.0.0/16", name: str = "net") -> Json:
    properties: Json = {"addressSpace": {"addressPrefixes": [prefix]}}
    if subnets:
        properties["subnets"] = [
            {"name": f"s{n}", "properties": {"addressPrefix": s}} for n, s in enumerate(subnets)
        ]
    return put(
        f"Microsoft.Network/virtualNetworks/{name}", location="eastus2", properties=properties
    )


@pytest.mark.proves(
    "PUT virtualNetworks",
    "PUT virtualNetworks/subnets",
    "GET virtualNetworks/subnets (list)",
    client="httpx",
)
def test_subnets_come_with_their_network_and_by_themselves(
    put: Put, arm: httpx.Client, sandbox: Sandbox
) -> None:
    network = _network(put, "10.1.0.0/24")
    path = f"{network['id']}/subnets"

    arm.put(f"{path}/own", json={"properties": {"addressPrefix": "10.1.1.0/24"}})
    sandbox.advance(seconds=5)

    names = [one["name"] for one in arm.get(path).json()["value"]]
    assert names == ["own", "s0"]
    kept = _network(put)["properties"]["subnets"]
    assert [one["name"] for one in kept] == names
    replaced = _network(put, "10.1.7.0/24")["properties"]["subnets"]
    assert [one["properties"]["addressPrefix"] for one in replaced] == ["10.1.7.0/24"]


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("10.1.0.0/25", "NetcfgSubnetRangesOverlap"),
        ("10.9.0.0/24", "NetcfgInvalidSubnet"),
        ("10.0.0.0/8", "NetcfgInvalidSubnet"),
        ("fd00::/64", "NetcfgInvalidSubnet"),
        ("many", "InvalidAddressPrefixFormat"),
    ],
)
def test_a_subnet_that_does_not_fit_is_refused(
    put: Put, arm: httpx.Client, prefix: str, code: str
) -> None:
    network = _network(put, "10.1.0.0/24")

    answer = arm.put(
        f"{network['id']}/subnets/more", json={"properties": {"addressPrefix": prefix}}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def _endpoint(put: Put, account: str, name: str = "pe") -> Json:
    subnet = {"id": f"{_network(put, '10.1.0.0/24')['id']}/subnets/s0"}
    connection = {
        "name": "one",
        "properties": {"privateLinkServiceId": account, "groupIds": ["account"]},
    }
    return put(
        f"Microsoft.Network/privateEndpoints/{name}",
        location="eastus2",
        properties={"subnet": subnet, "privateLinkServiceConnections": [connection]},
    )


@pytest.mark.proves(
    "PUT privateEndpoints",
    "DELETE privateEndpoints",
    "GET accounts/privateEndpointConnections",
    client="httpx",
    differs="every connection to an account is approved at once",
)
def test_a_private_endpoint_makes_an_approved_connection_on_its_account(
    put: Put, arm: httpx.Client, account: str, sandbox: Sandbox
) -> None:
    endpoint = _endpoint(put, account)

    shown = arm.get(account).json()["properties"]["privateEndpointConnections"]

    assert [one["properties"]["privateEndpoint"]["id"] for one in shown] == [endpoint["id"]]
    state = shown[0]["properties"]["privateLinkServiceConnectionState"]["status"]
    inner = endpoint["properties"]["privateLinkServiceConnections"][0]["properties"]
    assert (state, inner["privateLinkServiceConnectionState"]["status"]) == ("Approved", "Approved")
    assert arm.get(shown[0]["id"]).status_code == 200
    arm.delete(endpoint["id"])
    sandbox.advance(seconds=5)
    assert arm.get(account).json()["properties"]["privateEndpointConnections"] == []


def test_a_private_endpoint_for_nothing_is_refused(
    put: Put, arm: httpx.Client, group: str, account: str
) -> None:
    body = _endpoint(put, account)
    target = {"privateLinkServiceId": f"{account}-absent"}
    body["properties"]["privateLinkServiceConnections"] = [{"name": "x", "properties": target}]

    answer = arm.put(f"{group}/providers/Microsoft.Network/privateEndpoints/no", json=body)

    assert answer.json()["error"]["code"] == "InvalidResourceReference"


@pytest.mark.proves(
    "PUT privateDnsZones",
    "PUT privateDnsZones/virtualNetworkLinks",
    client="httpx",
    differs="no names are kept",
)
def test_a_private_zone_counts_its_links(put: Put, arm: httpx.Client) -> None:
    zone = put("Microsoft.Network/privateDnsZones/privatelink.openai.azure.com", location="global")
    network = {"virtualNetwork": {"id": _network(put)["id"]}, "registrationEnabled": False}
    link = put(
        "Microsoft.Network/privateDnsZones/privatelink.openai.azure.com/virtualNetworkLinks/one",
        location="global",
        properties=network,
    )

    shown = arm.get(zone["id"]).json()

    assert link["properties"]["virtualNetworkLinkState"] == "Completed"
    assert shown["properties"]["numberOfVirtualNetworkLinks"] == 1


@pytest.mark.proves("PUT userAssignedIdentities", client="httpx")
def test_identities_are_one_and_the_same_wherever_they_are_named(put: Put) -> None:
    identity = put("Microsoft.ManagedIdentity/userAssignedIdentities/who", location="eastus2")
    kind = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {identity["id"]: {}}}

    account = put(
        "Microsoft.CognitiveServices/accounts/who",
        location="eastus2",
        kind="OpenAI",
        sku={"name": "S0"},
        identity=kind,
    )

    named = account["identity"]["userAssignedIdentities"][identity["id"]]
    assert named["principalId"] == identity["properties"]["principalId"]
    assert named["clientId"] == identity["properties"]["clientId"]
    assert account["identity"]["principalId"] != named["principalId"]


@pytest.mark.proves(
    "PUT storageAccounts",
    "POST storageAccounts/listKeys",
    "POST Microsoft.Storage/checkNameAvailability",
    client="httpx",
    differs="there is no storage behind it",
)
def test_a_storage_accounts_name_is_one_in_all_the_world(
    arm: httpx.Client, put: Put, group: str, unique: Callable[[str], str]
) -> None:
    name = unique("st").replace("-", "")
    check = f"{SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability"
    body: Json = {"location": "eastus2", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    asked = {"name": name, "type": "Microsoft.Storage/storageAccounts"}

    free = arm.post(check, json=asked).json()["nameAvailable"]
    shown = put(f"Microsoft.Storage/storageAccounts/{name}", **body)

    assert (free, arm.post(check, json=asked).json()["reason"]) == (True, "AlreadyExists")
    assert (
        shown["properties"]["primaryEndpoints"]["blob"] == f"https://{name}.blob.core.windows.net/"
    )
    assert len(arm.post(f"{shown['id']}/listKeys").json()["keys"]) == 2
    wrong = arm.put(f"{group}/providers/Microsoft.Storage/storageAccounts/Not_OK", json=body)
    assert wrong.json()["error"]["code"] == "AccountNameInvalid"
    other = f"{SUBSCRIPTION}/resourceGroups/{unique('rg')}"
    arm.put(other, json={"location": "eastus2"})
    taken = arm.put(f"{other}/providers/Microsoft.Storage/storageAccounts/{name}", json=body)
    arm.delete(other)
    assert taken.json()["error"]["code"] == "StorageAccountAlreadyTaken"


@pytest.mark.proves(
    "PUT Microsoft.App/managedEnvironments",
    "PUT Microsoft.App/jobs",
    "POST Microsoft.App/jobs/start",
    client="httpx",
    differs="nothing is run",
)
def test_a_scheduled_job_lives_in_an_environment_that_exists(
    put: Put, arm: httpx.Client, group: str
) -> None:
    environment = put("Microsoft.App/managedEnvironments/env", location="eastus2")
    properties: Json = {
        "environmentId": environment["id"],
        "configuration": {"triggerType": "Manual", "replicaTimeout": 60},
    }

    job = put("Microsoft.App/jobs/nightly", location="eastus2", properties=properties)
    properties["environmentId"] += "-absent"
    wrong = arm.put(
        f"{group}/providers/Microsoft.App/jobs/no",
        json={"location": "eastus2", "properties": properties},
    )

    assert environment["properties"]["defaultDomain"].endswith(".azurecontainerapps.io")
    assert arm.post(f"{job['id']}/start").json()["name"].startswith("nightly-")
    assert wrong.json()["error"]["code"] == "ManagedEnvironmentNotFound"


@pytest.mark.proves(
    "PUT workspaces",
    "POST workspaces/sharedKeys",
    client="httpx",
    differs="nothing is written to it",
)
def test_a_workspace_has_an_id_to_be_asked_by(put: Put, arm: httpx.Client) -> None:
    shown = put("Microsoft.OperationalInsights/workspaces/logs", location="eastus2")

    assert len(shown["properties"]["customerId"]) == 36
    assert "primarySharedKey" in arm.post(f"{shown['id']}/sharedKeys").json()


@pytest.mark.proves(
    "PUT diagnosticSettings",
    "GET diagnosticSettings (list)",
    client="httpx",
    differs="nothing is sent anywhere",
)
def test_diagnostic_settings_hang_on_any_resource_and_go_with_it(
    put: Put, arm: httpx.Client, account: str, sandbox: Sandbox
) -> None:
    workspace = put("Microsoft.OperationalInsights/workspaces/logs", location="eastus2")["id"]
    path = f"{account}/providers/Microsoft.Insights/diagnosticSettings"
    body = {"properties": {"workspaceId": workspace, "logs": []}}

    made = arm.put(f"{path}/all", json=body)
    listed = arm.get(path).json()["value"]
    nowhere = arm.put(f"{path}/none", json={"properties": {"logs": []}})
    absent = arm.put(
        f"{account}-absent/providers/Microsoft.Insights/diagnosticSettings/all", json=body
    )

    assert (made.status_code, [one["id"] for one in listed]) == (200, [f"{path}/all"])
    assert (nowhere.status_code, absent.status_code) == (400, 404)
    arm.delete(account)
    sandbox.advance(seconds=5)
    assert arm.get(f"{path}/all").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "x"},
        {"timeGrain": "Daily"},
        {"timePeriod": None},
        {"filter": {"dimensions": 3}},
        {"filter": "x"},
    ],
)
def test_a_budget_without_sense_is_refused(arm: httpx.Client, group: str, wrong: Json) -> None:
    properties: Json = {
        "category": "Cost",
        "amount": 10,
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-11-01T00:00:00Z"},
    }
    path = f"{group}/providers/Microsoft.Consumption/budgets/team"

    refused = arm.put(path, json={"properties": properties | wrong})
    made = arm.put(path, json={"properties": properties})

    assert (refused.status_code, made.status_code) == (400, 201)
    assert made.json()["properties"]["currentSpend"] == {"amount": 0.0, "unit": "USD"}


@pytest.mark.proves(
    "PUT budgets",
    "GET budgets (list)",
    "DELETE budgets",
    client="httpx",
    differs="nobody is notified",
)
@pytest.mark.parametrize("above", ["subscription", "group", "account"])
def test_a_budget_hangs_on_any_scope(
    arm: httpx.Client, group: str, account: str, above: str, unique: Callable[[str], str]
) -> None:
    scope = {"subscription": SUBSCRIPTION, "group": group, "account": account}[above]
    path = f"{scope}/providers/Microsoft.Consumption/budgets"
    name = unique("team")
    body = {
        "category": "Cost",
        "amount": 10,
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-11-01T00:00:00Z"},
    }

    arm.put(f"{path}/{name}", json={"properties": body})

    assert name in [one["name"] for one in arm.get(path).json()["value"]]
    assert arm.delete(f"{path}/{name}").status_code == 200


def test_the_resource_list_filters_by_type_and_names_the_nested_whole(
    put: Put, arm: httpx.Client, group: str, account: str
) -> None:
    zone = "Microsoft.Network/privateDnsZones/example.com"
    put(zone, location="global")
    link = {"virtualNetwork": {"id": "/n"}}
    put(f"{zone}/virtualNetworkLinks/one", location="global", properties=link)

    everything = {one["name"] for one in arm.get(f"{group}/resources").json()["value"]}
    wanted = {"$filter": "resourceType eq 'Microsoft.Network/privateDnsZones'"}
    zones = arm.get(f"{group}/resources", params=wanted).json()["value"]

    assert everything == {"example.com", "example.com/one", account.rpartition("/")[2]}
    assert [one["name"] for one in zones] == ["example.com"]
