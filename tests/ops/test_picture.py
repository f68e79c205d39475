"""The picture of an environment: readable, bounded, the same every time, whatever the names."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from ftops.picture import NODES_MAX, escape, render_picture
from ftops.prospect import prospect
from ftops_policies.resource import ACCOUNT, DEPLOYMENT, RESOURCE_GROUP, UNKNOWN, Resource

HEAD = "/subscriptions/s/resourceGroups/rg"
PROVIDER = "Microsoft.CognitiveServices"


def _group() -> Resource:
    return Resource(RESOURCE_GROUP, "rg", {"location": "swedencentral"}, HEAD)


def _account(name: str, region: str = "swedencentral", **properties: object) -> Resource:
    body = {
        "location": region,
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "properties": {"publicNetworkAccess": "Disabled", **properties},
    }
    return Resource(ACCOUNT, name, body, f"{HEAD}/providers/{PROVIDER}/accounts/{name}")


def _deployment(account: Resource, name: str, capacity: object = 10) -> Resource:
    body = {
        "sku": {"name": "Standard", "capacity": capacity},
        "properties": {"model": {"name": "gpt-4.1", "version": "2025-04-14"}},
    }
    return Resource(DEPLOYMENT, name, body, f"{account.id}/deployments/{name}", parent=account)


def _other(arm_type: str, name: str, body: dict[str, object] | None = None) -> Resource:
    return Resource(arm_type, name, body or {}, f"{HEAD}/providers/{arm_type}/{name}")


def _boxes(text: str) -> list[str]:
    return re.findall(r'^\s+n\d+\["(.*)"\]$', text, re.MULTILINE)


def test_accounts_stand_in_their_region_and_hold_their_deployments() -> None:
    account = _account("oai")
    text = render_picture([_group(), account, _deployment(account, "chat")])

    assert text == (
        "flowchart LR\n"
        '  subgraph g0["rg"]\n'
        '    subgraph g1["swedencentral"]\n'
        '      n0["oai<br/>OpenAI S0<br/>no public network"]\n'
        '      n1["chat<br/>gpt-4.1 2025-04-14<br/>Standard 10"]\n'
        "    end\n"
        "  end\n"
        "  n0 --> n1\n"
    )


def test_what_speaks_of_another_thing_points_at_it() -> None:
    account = _account("oai")
    link = {"privateLinkServiceConnections": [{"privateLinkServiceId": account.id.upper()}]}
    network = _other("Microsoft.Network/virtualNetworks", "net")
    subnet = {"subnet": {"id": f"{network.id}/subnets/inner"}}
    endpoint = _other("Microsoft.Network/privateEndpoints", "door", {"properties": link | subnet})
    identity = _other("Microsoft.ManagedIdentity/userAssignedIdentities", "trainer")
    role = Resource(
        "Microsoft.Authorization/roleAssignments",
        "role",
        {"properties": {"principalId": UNKNOWN}},
        f"{account.id}/providers/Microsoft.Authorization/roleAssignments/role",
    )
    text = render_picture([_group(), account, network, endpoint, identity, role])
    names = {number: box.partition("<")[0] for number, box in enumerate(_boxes(text))}
    edges = {
        (names[int(one)], names[int(two)]) for one, two in re.findall(r"n(\d+) -\.-> n(\d+)", text)
    }

    assert edges == {("door", "oai"), ("door", "net"), ("role", "oai")}
    assert '["network"]' in text
    assert '["identities"]' in text


def test_more_than_fits_is_folded_per_account_with_its_count_and_capacity() -> None:
    accounts = [_account("one"), _account("two", "eastus2")]
    deployments = [_deployment(each, f"d{n}") for each in accounts for n in range(NODES_MAX)]
    boxes = _boxes(render_picture([_group(), *accounts, *deployments]))

    assert len(boxes) == 4
    assert boxes.count("60 deployments<br/>Standard 600") == 2


def test_a_capacity_that_nobody_knows_is_not_summed() -> None:
    account = _account("one")
    deployments = [_deployment(account, f"d{n}") for n in range(NODES_MAX)]
    unknown = _deployment(account, "later", UNKNOWN)

    assert "61 deployments<br/>Standard capacity unknown" in render_picture(
        [account, *deployments, unknown]
    )
    assert "Standard capacity unknown" in render_picture([account, unknown])


def test_a_thousand_accounts_still_fit() -> None:
    accounts = [_account(f"a{n}", ("eastus2", "westus")[n % 2]) for n in range(1000)]
    deployments = [_deployment(each, "d") for each in accounts]
    roles = [_other("Microsoft.Authorization/roleAssignments", f"r{n}") for n in range(1000)]
    text = render_picture([_group(), *accounts, *deployments, *roles])

    assert sorted(_boxes(text)) == [
        "1000 roleAssignments",
        "500 accounts<br/>500 deployments<br/>Standard 5000",
        "500 accounts<br/>500 deployments<br/>Standard 5000",
    ]


def test_the_order_of_what_is_declared_does_not_matter() -> None:
    account = _account("oai")
    resources = [_group(), account, *(_deployment(account, f"d{n}") for n in range(5))]
    shuffled = random.Random(7).sample(resources, len(resources))  # noqa: S311 - no secret

    assert render_picture(shuffled) == render_picture(resources)


@given(st.text())
def test_no_name_can_leave_its_label(name: str) -> None:
    escaped = escape(name)

    assert not set(escaped) & set('"`<>[]{}|\n\r\\&%')
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), escaped) == name


def test_a_thing_whose_name_is_a_uuid_has_the_program_s_name() -> None:
    account = _account("oai")
    name = "15e7b0e2-25d3-55ad-a4ef-0bd7cb90ee39"
    path = f"{account.id}/providers/Microsoft.Authorization/roleAssignments/{name}"
    urn = "urn:pulumi:dev::ftops::azure-native:authorization:RoleAssignment::oai/caller/id-app"
    role = Resource("Microsoft.Authorization/roleAssignments", name, {}, path, urn, parent=account)

    assert "caller/id-app<br/>roleAssignments" in _boxes(render_picture([account, role]))
    assert prospect(role, "declared").name == "oai/caller/id-app"
