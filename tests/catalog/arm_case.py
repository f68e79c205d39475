"""One typical resource of every type of the ARM table: its inputs, its id and ARM's body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.catalog import arm_body

Json = Mapping[str, Any]
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
SUB = f"/subscriptions/{SUBSCRIPTION}"
GROUP_NAME = "rg-arm"
GROUP = f"{SUB}/resourceGroups/{GROUP_NAME}"
COGNITIVE = f"{GROUP}/providers/Microsoft.CognitiveServices"
ACCOUNT = f"{COGNITIVE}/accounts/acc"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
AUTHORIZATION = "providers/Microsoft.Authorization"
ZONE = "privatelink.openai.azure.com"
GUID = "3f6d0c55-91c8-4a0e-8d1c-6a2b7e9d4f10"


@dataclass(frozen=True)
class Case:
    """`inputs` are azure-native's, without those that `place` has; `body` is what ARM is sent.

    `changed` are inputs that are updated where they stand, None where nothing can be.
    """

    token: str
    path: str
    place: Json
    inputs: Json
    body: Json
    changed: Json | None

    @property
    def all_inputs(self) -> dict[str, Any]:
        return {**self.place, **self.inputs}


def _case(
    token: str,
    path: str,
    place: Json,
    bodies: tuple[Json, Json],
    changed: Json | None,
) -> Case:
    return Case(f"azure-native:{token}", path, place, *bodies, changed)


def _in_group(**names: str) -> dict[str, str]:
    return {"resourceGroupName": GROUP_NAME, **names}


def _in_account(**names: str) -> dict[str, str]:
    return _in_group(accountName="acc", **names)


_TAGGED = {"tags": {"owner": "you"}}
_LINKED = f"{NETWORK}/privateDnsZones/{ZONE}"

CASES: tuple[Case, ...] = (
    _case("resources:ResourceGroup", GROUP, _in_group(), arm_body.GROUP, _TAGGED),
    _case(
        "managedidentity:UserAssignedIdentity",
        arm_body.IDENTITY,
        _in_group(resourceName="sweeper"),
        arm_body.GROUP,
        _TAGGED,
    ),
    _case(
        "cognitiveservices:Account", ACCOUNT, _in_account(), arm_body.ACCOUNT, {"tags": {"a": "b"}}
    ),
    _case(
        "cognitiveservices:Deployment",
        f"{ACCOUNT}/deployments/tuned",
        _in_account(deploymentName="tuned"),
        arm_body.DEPLOYMENT,
        {"sku": {"name": "GlobalStandard", "capacity": 11}},
    ),
    _case(
        "cognitiveservices:RaiPolicy",
        f"{ACCOUNT}/raiPolicies/strict",
        _in_account(raiPolicyName="strict"),
        arm_body.RAI_POLICY,
        {"properties": {"basePolicyName": "Microsoft.DefaultV2", "mode": "Default"}},
    ),
    _case(
        "cognitiveservices:RaiBlocklist",
        f"{ACCOUNT}/raiBlocklists/words",
        _in_account(raiBlocklistName="words"),
        arm_body.RAI_BLOCKLIST,
        {"properties": {"description": "Fewer words."}},
    ),
    _case(
        "cognitiveservices:RaiBlocklistItem",
        f"{ACCOUNT}/raiBlocklists/words/raiBlocklistItems/one",
        _in_account(raiBlocklistName="words", raiBlocklistItemName="one"),
        arm_body.RAI_BLOCKLIST_ITEM,
        {"properties": {"pattern": "rude", "isRegex": True}},
    ),
    _case(
        "cognitiveservices:Project",
        f"{ACCOUNT}/projects/lab",
        _in_account(projectName="lab"),
        arm_body.PROJECT,
        {"properties": {"displayName": "The other lab"}},
    ),
    _case(
        "cognitiveservices:AccountConnection",
        f"{ACCOUNT}/connections/search",
        _in_account(connectionName="search"),
        arm_body.CONNECTION,
        {"properties": {"authType": "ApiKey", "category": "CognitiveSearch", "target": "b"}},
    ),
    _case(
        "cognitiveservices:CommitmentPlan",
        f"{ACCOUNT}/commitmentPlans/speech",
        _in_account(commitmentPlanName="speech"),
        arm_body.COMMITMENT_PLAN,
        {"properties": {"hostingModel": "Web", "planType": "Speech2Text", "autoRenew": False}},
    ),
    _case(
        "cognitiveservices:EncryptionScope",
        f"{ACCOUNT}/encryptionScopes/own",
        _in_account(encryptionScopeName="own"),
        arm_body.ENCRYPTION_SCOPE,
        {"properties": {"keySource": "Microsoft.CognitiveServices", "state": "Disabled"}},
    ),
    _case(
        "network:VirtualNetwork",
        f"{NETWORK}/virtualNetworks/net",
        _in_group(virtualNetworkName="net"),
        arm_body.NETWORK,
        _TAGGED,
    ),
    _case(
        "network:Subnet",
        f"{NETWORK}/virtualNetworks/net/subnets/jobs",
        _in_group(virtualNetworkName="net", subnetName="jobs"),
        arm_body.SUBNET,
        {"privateEndpointNetworkPolicies": "Enabled"},
    ),
    _case(
        "network:PrivateEndpoint",
        f"{NETWORK}/privateEndpoints/pe",
        _in_group(privateEndpointName="pe"),
        arm_body.PRIVATE_ENDPOINT,
        _TAGGED,
    ),
    _case(
        "privatedns:PrivateZone", _LINKED, _in_group(privateZoneName=ZONE), arm_body.ZONE, _TAGGED
    ),
    _case(
        "privatedns:VirtualNetworkLink",
        f"{_LINKED}/virtualNetworkLinks/net",
        _in_group(privateZoneName=ZONE, virtualNetworkLinkName="net"),
        arm_body.ZONE_LINK,
        {"registrationEnabled": True},
    ),
    _case(
        "network:PrivateDnsZoneGroup",
        f"{NETWORK}/privateEndpoints/pe/privateDnsZoneGroups/default",
        _in_group(privateEndpointName="pe", privateDnsZoneGroupName="default"),
        arm_body.ZONE_GROUP,
        {"privateDnsZoneConfigs": []},
    ),
    _case(
        "authorization:RoleDefinition",
        f"{SUB}/{AUTHORIZATION}/roleDefinitions/{GUID}",
        {"scope": SUB, "roleDefinitionId": GUID},
        arm_body.ROLE_DEFINITION,
        {"description": "Says more."},
    ),
    _case(
        "authorization:RoleAssignment",
        f"{ACCOUNT}/{AUTHORIZATION}/roleAssignments/{GUID}",
        {"scope": ACCOUNT, "roleAssignmentName": GUID},
        arm_body.ROLE_ASSIGNMENT,
        {"description": "For the sweeper alone."},
    ),
    _case(
        "authorization:ManagementLockByScope",
        f"{ACCOUNT}/{AUTHORIZATION}/locks/stays",
        {"scope": ACCOUNT, "lockName": "stays"},
        arm_body.LOCK,
        {"notes": "Ask first."},
    ),
    _case(
        "operationalinsights:Workspace",
        arm_body.WORKSPACE_ID,
        _in_group(workspaceName="logs"),
        arm_body.WORKSPACE,
        {"retentionInDays": 60},
    ),
    _case(
        "monitor:DiagnosticSetting",
        f"{ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings/to-logs",
        {"resourceUri": ACCOUNT, "name": "to-logs"},
        arm_body.DIAGNOSTIC_SETTING,
        {"logs": [{"categoryGroup": "audit", "enabled": True}]},
    ),
    _case(
        "monitor:ActionGroup",
        arm_body.ACTION_GROUP_ID,
        _in_group(actionGroupName="owners"),
        arm_body.ACTION_GROUP,
        {"enabled": False},
    ),
    _case(
        "consumption:Budget",
        f"{GROUP}/providers/Microsoft.Consumption/budgets/month",
        {"scope": GROUP, "budgetName": "month"},
        arm_body.BUDGET,
        {"amount": 250},
    ),
    _case(
        "storage:StorageAccount",
        f"{GROUP}/providers/Microsoft.Storage/storageAccounts/starmcase",
        _in_group(accountName="starmcase"),
        arm_body.STORAGE,
        {"allowSharedKeyAccess": True},
    ),
    _case(
        "app:ManagedEnvironment",
        arm_body.ENVIRONMENT_ID,
        _in_group(environmentName="jobs"),
        arm_body.ENVIRONMENT,
        _TAGGED,
    ),
    _case(
        "app:Job",
        f"{GROUP}/providers/Microsoft.App/jobs/sweep",
        _in_group(jobName="sweep"),
        arm_body.JOB,
        {"workloadProfileName": "Consumption"},
    ),
)
