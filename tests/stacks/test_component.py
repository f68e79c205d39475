"""Every component in the SDK's own test runtime: what each key of a stack file comes to in ARM."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from ftops_policies.resource import UNKNOWN

if TYPE_CHECKING:
    from tests.stacks.conftest import Declare

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ftops-test"
ACCOUNTS = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts"
HUB = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network"
SUBNET = f"{HUB}/virtualNetworks/vnet-hub/subnets/one"
PLAIN = "  ftops:accounts: [{name: oai}]\n"
MODEL = '{name: %s, model: gpt-4.1-mini, version: "2025-04-14", capacity: 1}'


def test_an_account_of_which_nothing_is_said_is_closed(declare: Declare) -> None:
    account = declare(PLAIN).one("accounts")

    assert account.at("properties.publicNetworkAccess") == "Disabled"
    assert account.at("properties.disableLocalAuth") is True
    assert account.at("properties.restrictOutboundNetworkAccess") is True
    assert account.at("properties.networkAcls") is None
    assert account.at("identity") is None
    assert account.at("properties.encryption") is None


def test_an_allow_list_denies_all_others(declare: Declare) -> None:
    lines = f"""
  ftops:accounts:
    - name: oai
      publicNetworkAccess: Enabled
      networkAcls:
        ipRules: [203.0.113.0/24, 198.51.100.7]
        subnetIds: [{SUBNET}]
      allowedFqdnList: [hooks.contoso.com]
"""
    account = declare(lines).one("accounts")

    assert account.at("properties.networkAcls") == {
        "defaultAction": "Deny",
        "bypass": "None",
        "ipRules": [{"value": "203.0.113.0/24"}, {"value": "198.51.100.7"}],
        "virtualNetworkRules": [{"id": SUBNET}],
    }
    assert account.at("properties.allowedFqdnList") == ["hooks.contoso.com"]


def test_a_key_of_the_team_s_own_is_read_by_an_identity_that_the_account_has(
    declare: Declare,
) -> None:
    lines = """
  ftops:identities: [{name: id-key}, {name: id-app}]
  ftops:accounts:
    - name: oai
      identity: {userAssigned: [id-app]}
      encryption: {keyVaultUri: "https://kv-one.vault.azure.net/", keyName: k, identity: id-key}
"""
    made = declare(lines)
    account = made.one("accounts")
    inside = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"

    assert account.at("identity.type") == "UserAssigned"
    assert list(account.at("identity.userAssignedIdentities")) == [
        f"{inside}/id-app",
        f"{inside}/id-key",
    ]
    assert account.at("properties.encryption.keySource") == "Microsoft.KeyVault"
    key = account.at("properties.encryption.keyVaultProperties")
    assert (key["keyVaultUri"], key["keyName"]) == ("https://kv-one.vault.azure.net", "k")
    assert key["identityClientId"] is UNKNOWN, "Azure tells it when the identity is there"
    assert made.world.before("id-key", "oai")
    assert made.run.outputs["identities"]["id-key"]["clientId"] is UNKNOWN


def test_all_of_one_account_is_made_one_after_the_other_and_in_order(declare: Declare) -> None:
    lines = f"""
  ftops:network: {{addressPrefix: 10.40.0.0/24}}
  ftops:accounts:
    - name: ais
      kind: AIServices
      privateEndpoint: true
      deployments: [{MODEL % "first"}, {MODEL % "second"}]
      projects: [{{name: team}}]
      raiPolicies:
        - {{name: strict, customBlocklists: [{{blocklistName: terms, source: Prompt}}]}}
      raiBlocklists:
        - name: terms
          items: [{{name: one, pattern: a}}, {{name: two, pattern: b}}]
"""
    world = declare(lines).world
    chain = (
        "ais",
        "ais/terms",
        "ais/terms/one",
        "ais/terms/two",
        "ais/strict",
        "ais/team",
        "ais/first",
        "ais/second",
        "pep-ais",
        "pep-ais/default",
    )

    assert world.clashes == [], "Azure would answer 409"
    for first, second in pairwise(chain):
        assert world.before(first, second), f"{second} did not wait for {first}"


def test_two_accounts_may_serve_each_other_s_models(declare: Declare) -> None:
    tuned = "gpt-4.1-mini-2025-04-14.ft-11111111111111111111111111111111"
    lines = f"""
  ftops:accounts:
    - name: one
      deployments: [{{name: first, model: {tuned}, source: two, sku: Standard, capacity: 1}}]
    - name: two
      location: northcentralus
      deployments:
        - {{name: second, model: {tuned}, source: one, sku: Standard, capacity: 1}}
        - name: third
          model: ftchkpt-22222222222222222222222222222222
          baseModel: gpt-4.1-mini
          sourceAccount: {ACCOUNTS}/elsewhere
          capacity: 1
"""
    made = declare(lines)

    assert made.one("deployments", "one/first").at("properties.model") == {
        "format": "OpenAI",
        "name": tuned,
        "version": "1",
        "source": f"{ACCOUNTS}/two",
    }
    assert (
        made.one("deployments", "one/first").at("properties.versionUpgradeOption")
        == "NoAutoUpgrade"
    )
    assert made.one("deployments", "two/second").at("properties.model.source") == f"{ACCOUNTS}/one"
    checkpoint = made.one("deployments", "two/third").at("properties.model")
    assert checkpoint["sourceAccount"] == f"{ACCOUNTS}/elsewhere"
    assert checkpoint["version"] == "1"
    assert made.world.before("two", "one/first")
    assert made.world.before("one", "two/second")


def test_what_another_deployment_spills_over_to_comes_first(declare: Declare) -> None:
    lines = f"""
  ftops:accounts:
    - name: oai
      deployments:
        - name: ptu
          model: gpt-4.1-mini
          version: "2025-04-14"
          sku: ProvisionedManaged
          capacity: 50
          spilloverDeploymentName: burst
        - {MODEL % "burst"}
"""
    made = declare(lines)

    assert made.one("deployments", "oai/ptu").at("properties.spilloverDeploymentName") == "burst"
    assert made.world.before("oai/burst", "oai/ptu")


def test_a_filter_says_what_differs_from_microsoft_s_and_is_named_by_a_deployment(
    declare: Declare,
) -> None:
    lines = """
  ftops:accounts:
    - name: oai
      raiBlocklists: [{name: terms, items: [{name: one, pattern: "a+", isRegex: true}]}]
      raiPolicies:
        - name: strict
          contentFilters:
            - {name: Hate, source: Prompt, severityThreshold: Low}
            - {name: Jailbreak, source: Prompt, blocking: false}
          customBlocklists: [{blocklistName: terms, source: Completion}]
      deployments:
        - name: mini
          model: gpt-4.1-mini
          version: "2025-04-14"
          capacity: 1
          raiPolicyName: strict
"""
    made = declare(lines)
    policy = made.one("raiPolicies")

    assert policy.at("properties.basePolicyName") == "Microsoft.DefaultV2"
    assert policy.at("properties.contentFilters.0") == {
        "name": "Hate",
        "source": "Prompt",
        "enabled": True,
        "blocking": True,
        "severityThreshold": "Low",
    }
    assert policy.at("properties.contentFilters.1.blocking") is False
    assert policy.at("properties.customBlocklists.0.blocklistName") == "terms"
    item = made.one("raiBlocklistItems")
    assert (item.at("properties.pattern"), item.at("properties.isRegex")) == ("a+", True)
    assert made.one("deployments").at("properties.raiPolicyName") == "strict"


def test_a_project_wants_an_account_that_manages_projects_and_is_somebody(declare: Declare) -> None:
    made = declare("  ftops:accounts: [{name: ais, kind: AIServices, projects: [{name: team}]}]\n")
    account, project = made.one("accounts"), made.one("projects")

    assert account.at("properties.allowProjectManagement") is True
    assert account.at("identity.type") == project.at("identity.type") == "SystemAssigned"
    assert project.at("location") == "swedencentral"
    assert project.at("properties.displayName") == "team"


@pytest.mark.parametrize(
    ("kind", "zones"),
    [("OpenAI", 2), ("AIServices", 3)],
)
def test_a_private_endpoint_is_found_by_every_name_of_its_account(
    declare: Declare, kind: str, zones: int
) -> None:
    lines = f"""
  ftops:network: {{addressPrefix: 10.1.0.0/24, subnetPrefix: 10.1.0.0/26}}
  ftops:accounts: [{{name: oai, kind: {kind}, privateEndpoint: true, location: northcentralus}}]
"""
    made = declare(lines)
    endpoint, group = made.one("privateEndpoints"), made.one("privateDnsZoneGroups")
    connection = endpoint.at("properties.privateLinkServiceConnections.0.properties")

    assert endpoint.at("location") == "swedencentral", "where its subnet is"
    assert connection == {"groupIds": ["account"], "privateLinkServiceId": f"{ACCOUNTS}/oai"}
    assert made.one("subnets").id == endpoint.at("properties.subnet.id")
    assert made.one("subnets").at("properties.addressPrefix") == "10.1.0.0/26"
    assert made.count("privateDnsZones") == made.count("virtualNetworkLinks") == zones
    assert len(group.at("properties.privateDnsZoneConfigs")) == zones
    assert made.run.outputs["network"]["subnetId"] == made.one("subnets").id


def test_what_somebody_else_keeps_is_used_and_not_made(declare: Declare) -> None:
    zone = f"{HUB}/privateDnsZones/privatelink.openai.azure.com"
    lines = f"""
  ftops:network:
    subnetId: {SUBNET}
    privateDnsZones: {{privatelink.openai.azure.com: {zone}}}
  ftops:accounts: [{{name: oai, privateEndpoint: true}}]
  ftops:diagnostics: {{workspaceId: {HUB}/workspaces/theirs}}
"""
    made = declare(lines)
    configs = made.one("privateDnsZoneGroups").at("properties.privateDnsZoneConfigs")

    assert made.count("virtualNetworks") == made.count("workspaces") == 0
    assert made.one("privateDnsZones").name == "privatelink.cognitiveservices.azure.com"
    link = made.one("virtualNetworkLinks").at("properties.virtualNetwork.id")
    assert link == f"{HUB}/virtualNetworks/vnet-hub"
    assert configs[0]["properties"]["privateDnsZoneId"] == zone
    assert made.one("diagnosticSettings").at("properties.workspaceId").endswith("/theirs")


def test_logs_go_to_a_workspace_and_the_budget_writes_to_people(declare: Declare) -> None:
    lines = """
  ftops:accounts: [{name: one}, {name: two}]
  ftops:diagnostics: {retentionInDays: 60, categories: [Audit], metrics: false}
  ftops:actionGroup: {emails: [a@contoso.com]}
  ftops:budget: {amount: 100, startDate: "2026-11-01", thresholds: [80], emails: [b@contoso.com]}
"""
    made = declare(lines)
    workspace, budget, people = (
        made.one("workspaces"),
        made.one("budgets"),
        made.one("actionGroups"),
    )

    assert workspace.at("properties.retentionInDays") == 60
    assert made.run.outputs["workspaceId"] == workspace.id
    setting = made.one("diagnosticSettings", "one/ftops")
    assert setting.at("properties.workspaceId") == workspace.id
    assert setting.at("properties.logs") == [{"category": "Audit", "enabled": True}]
    assert setting.at("properties.metrics") is None
    assert budget.id.startswith(f"{GROUP}/providers/Microsoft.Consumption/")
    assert budget.at("properties.timePeriod.startDate") == "2026-11-01T00:00:00Z"
    assert budget.at("properties.notifications") == {
        f"{kind}{threshold}": {
            "enabled": True,
            "operator": "GreaterThanOrEqualTo",
            "threshold": threshold,
            "thresholdType": kind,
            "contactEmails": ["b@contoso.com"],
            "contactGroups": [people.id],
        }
        for kind, threshold in (("Actual", 80), ("Forecasted", 100))
    }


def test_outputs_name_only_what_there_is(declare: Declare) -> None:
    assert set(declare(PLAIN).run.outputs) == {"resourceGroup", "accounts"}


def test_an_account_s_own_tags_are_on_it_and_on_what_is_in_it(declare: Declare) -> None:
    made = declare(
        f"  ftops:accounts: [{{name: oai, tags: {{team: x}}, deployments: [{MODEL % 'one'}]}}]\n"
    )

    assert made.one("accounts").tag("team") == made.one("deployments").tag("team") == "x"
    assert made.one("resourceGroups").tag("team") is None
    assert made.one("deployments").tag("owner") == "me"


def test_a_deployment_s_own_tags_are_on_it_alone(declare: Declare) -> None:
    tagged = (MODEL % "one").replace("{", "{tags: {units-approved-by: ana, team: y}, ", 1)
    made = declare(
        "  ftops:accounts: [{name: oai, tags: {team: x}, "
        f"deployments: [{tagged}, {MODEL % 'two'}]}}]\n"
    )
    one, two = (made.one("deployments", f"oai/{name}") for name in ("one", "two"))

    assert (one.tag("units-approved-by"), one.tag("team")) == ("ana", "y")
    assert (two.tag("units-approved-by"), two.tag("team")) == (None, "x")
    assert made.one("accounts").tag("team") == "x"
