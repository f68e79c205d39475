"""Resources that hang together: what of one is known to the next before `up`, and their lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ftops.engine.listing import Foreseen, list_resources, resources_of
from ftops.engine.program import Declared, run_program
from ftops.environment import parse_stack
from ftops.stack_file import StackFile, read_stack_file
from ftops_catalog.catalog import read_catalog
from ftops_policies.resource import ACCOUNT, UNKNOWN

ROOT = Path(__file__).parents[2]
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
PROGRAM = """
from pulumi_azure_native import authorization, cognitiveservices, managedidentity, network
from pulumi_azure_native import privatedns

group = {"resource_group_name": "rg"}
identity = managedidentity.UserAssignedIdentity("identity", resource_name_="sweeper", **group)
account = cognitiveservices.Account(
    "account",
    account_name="oai",
    identity=cognitiveservices.IdentityArgs(type="SystemAssigned"),
    **group,
)
subnet = network.Subnet(
    "subnet", virtual_network_name="net", subnet_name="ai", address_prefix="10.0.0.0/24", **group
)
zone = privatedns.PrivateZone("zone", private_zone_name="privatelink.openai.azure.com", **group)
endpoint = network.PrivateEndpoint(
    "endpoint",
    private_endpoint_name="pe",
    subnet=network.SubnetArgs(id=subnet.id),
    private_link_service_connections=[
        network.PrivateLinkServiceConnectionArgs(name="oai", private_link_service_id=account.id)
    ],
    **group,
)
network.PrivateDnsZoneGroup(
    "zones",
    private_endpoint_name=endpoint.name,
    private_dns_zone_group_name="default",
    private_dns_zone_configs=[
        network.PrivateDnsZoneConfigArgs(name="openai", private_dns_zone_id=zone.id)
    ],
    **group,
)
for name, principal in (("one", identity.principal_id), ("two", account.identity.principal_id)):
    authorization.RoleAssignment(
        name,
        scope=account.id,
        role_assignment_name=name,
        role_definition_id="reader",
        principal_id=principal,
    )
"""


def _inputs(root: Path) -> dict[str, dict[str, Any]]:
    (root / "__main__.py").write_text(PROGRAM)
    stack = StackFile("dev", "stacks/Pulumi.dev.yaml", {}, {})
    run = run_program(root, stack, Foreseen(SUBSCRIPTION))
    return {each.name: each.inputs for each in run.declared}


def test_ids_and_names_are_known_to_what_is_built_on_them(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path)
    account = f"{GROUP}/providers/{ACCOUNT}/oai"
    link = inputs["endpoint"]["privateLinkServiceConnections"][0]

    assert link["privateLinkServiceId"] == account
    assert inputs["endpoint"]["subnet"]["id"].endswith("/virtualNetworks/net/subnets/ai")
    assert inputs["zones"]["privateEndpointName"] == "pe"
    zone = inputs["zones"]["privateDnsZoneConfigs"][0]["privateDnsZoneId"]
    assert zone.endswith("/privateDnsZones/privatelink.openai.azure.com")
    assert inputs["one"]["scope"] == account
    assert [inputs[name]["principalId"] for name in ("one", "two")] == [UNKNOWN, UNKNOWN]


def test_what_lies_in_or_upon_a_resource_has_its_label_and_its_line() -> None:
    stack = read_stack_file("dev", ROOT)
    account, deployment = list_resources("dev", ROOT, SUBSCRIPTION)[1:3]
    within = {"resourceGroupName": "rg-ftops-dev", "accountName": account.name}
    declared = [
        _declared("cognitiveservices:Account", within),
        _declared("cognitiveservices:Deployment", {**within, "deploymentName": deployment.name}),
        _declared("cognitiveservices:RaiPolicy", {**within, "raiPolicyName": "strict"}),
        _declared("monitor:DiagnosticSetting", {"resourceUri": account.id, "name": "to-logs"}),
        _declared("network:Subnet", {**_net("net"), "subnetName": "ai"}),
        _declared("network:VirtualNetwork", _net("net")),
        _declared("consumption:Budget", {"scope": GROUP, "budgetName": "month"}),
    ]
    environment = parse_stack(stack, read_catalog())
    found = {each.label: each for each in resources_of(declared, environment, SUBSCRIPTION)}

    assert {*found} == {
        account.name,
        deployment.label,
        f"{account.name}/strict",
        f"{account.name}/to-logs",
        "net",
        "net/ai",
        "month",
    }
    assert found[deployment.label].line == deployment.line
    assert found[f"{account.name}/strict"].line == account.line
    assert found[f"{account.name}/to-logs"].line == account.line
    assert found["net/ai"].parent is found["net"]
    assert (found["month"].file, found["month"].line) == ("stacks/Pulumi.dev.yaml", None)


def _net(name: str) -> dict[str, str]:
    return {"resourceGroupName": "rg-ftops-dev", "virtualNetworkName": name}


def _declared(token: str, inputs: dict[str, str]) -> Declared:
    return Declared(f"azure-native:{token}", token, "", inputs)
