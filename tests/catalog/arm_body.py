"""Bodies of typical resources: as azure-native is given them, and as ARM is sent them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
Pair = tuple[Json, Json]
SUB = "/subscriptions/22222222-2222-2222-2222-222222222222"
_GROUP = f"{SUB}/resourceGroups/rg-arm/providers"
_ACCOUNT = f"{_GROUP}/Microsoft.CognitiveServices/accounts/acc"
IDENTITY = f"{_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/sweeper"
WORKSPACE_ID = f"{_GROUP}/Microsoft.OperationalInsights/workspaces/logs"
ACTION_GROUP_ID = f"{_GROUP}/Microsoft.Insights/actionGroups/owners"
ENVIRONMENT_ID = f"{_GROUP}/Microsoft.App/managedEnvironments/jobs"
_NET = f"{_GROUP}/Microsoft.Network/virtualNetworks/net"
_SUBNET = f"{_NET}/subnets/ai"
_ZONE = f"{_GROUP}/Microsoft.Network/privateDnsZones/privatelink.openai.azure.com"
_READER = (
    f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
)
_HERE = {"location": "eastus2", "tags": {"owner": "me"}}
_LISTED = {"type": "UserAssigned", "userAssignedIdentities": [IDENTITY]}
_MAPPED = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}


def _same(body: Json) -> Pair:
    """Where azure-native and ARM agree, but for the way numbers travel."""
    return body, body


GROUP = _same(_HERE)
ACCOUNT: Pair = tuple(
    {
        **_HERE,
        "kind": "AIServices",
        "identity": identity,
        "sku": {"name": "S0"},
        "properties": {
            "allowProjectManagement": True,
            "customSubDomainName": "rg-arm-acc",
            "disableLocalAuth": True,
        },
    }
    for identity in (_LISTED, _MAPPED)
)  # type: ignore[assignment]  # a generator has no known length
DEPLOYMENT = _same(
    {
        "sku": {"name": "GlobalStandard", "capacity": 10},
        "properties": {
            "model": {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"},
            "versionUpgradeOption": "NoAutoUpgrade",
        },
    }
)
_FILTER = {"name": "Hate", "blocking": True, "enabled": True, "severityThreshold": "Medium"}
RAI_POLICY = _same(
    {
        "properties": {
            "basePolicyName": "Microsoft.DefaultV2",
            "mode": "Blocking",
            "contentFilters": [{**_FILTER, "source": "Prompt"}],
            "customBlocklists": [{"blocklistName": "words", "blocking": True, "source": "Prompt"}],
        }
    }
)
RAI_BLOCKLIST = _same({"properties": {"description": "Words that nobody wants to read."}})
RAI_BLOCKLIST_ITEM = _same({"properties": {"pattern": "swear", "isRegex": False}})
PROJECT = _same(
    {**_HERE, "identity": {"type": "SystemAssigned"}, "properties": {"displayName": "Lab"}}
)
CONNECTION = _same(
    {
        "properties": {
            "authType": "ApiKey",
            "category": "CognitiveSearch",
            "credentials": {"key": "not-a-secret"},
            "target": "https://lab.search.windows.net",
        }
    }
)
COMMITMENT_PLAN = _same(
    {
        "properties": {
            "autoRenew": True,
            "current": {"tier": "T1"},
            "hostingModel": "Web",
            "planType": "Speech2Text",
        }
    }
)
_KEY = {"keyName": "own", "keyVersion": "1", "keyVaultUri": "https://team.vault.azure.net/"}
ENCRYPTION_SCOPE = _same(
    {
        "properties": {
            "keySource": "Microsoft.KeyVault",
            "keyVaultProperties": _KEY,
            "state": "Enabled",
        }
    }
)
_SPACE = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
_DELEGATION = {"serviceName": "Microsoft.App/environments"}
NETWORK: Pair = (
    {**_HERE, **_SPACE, "subnets": [{"name": "ai", "addressPrefix": "10.0.0.0/24"}]},
    {
        **_HERE,
        "properties": {
            **_SPACE,
            "subnets": [{"name": "ai", "properties": {"addressPrefix": "10.0.0.0/24"}}],
        },
    },
)
SUBNET: Pair = (
    {"addressPrefix": "10.0.1.0/24", "delegations": [{"name": "jobs", **_DELEGATION}]},
    {
        "properties": {
            "addressPrefix": "10.0.1.0/24",
            "delegations": [{"name": "jobs", "properties": _DELEGATION}],
        }
    },
)
_LINK = {"privateLinkServiceId": _ACCOUNT, "groupIds": ["account"]}
PRIVATE_ENDPOINT: Pair = (
    {
        **_HERE,
        # The package adds a subnet's defaults to every mention of one.
        "subnet": {"id": _SUBNET, "privateEndpointNetworkPolicies": "Disabled"},
        "privateLinkServiceConnections": [{"name": "acc", **_LINK}],
    },
    {
        **_HERE,
        "properties": {
            "subnet": {
                "id": _SUBNET,
                "properties": {"privateEndpointNetworkPolicies": "Disabled"},
            },
            "privateLinkServiceConnections": [{"name": "acc", "properties": _LINK}],
        },
    },
)
ZONE = _same({"location": "global", "tags": {"owner": "me"}})
_VNET = {"registrationEnabled": False, "virtualNetwork": {"id": _NET}}
ZONE_LINK: Pair = ({"location": "global", **_VNET}, {"location": "global", "properties": _VNET})
ZONE_GROUP: Pair = (
    {"privateDnsZoneConfigs": [{"name": "openai", "privateDnsZoneId": _ZONE}]},
    {
        "properties": {
            "privateDnsZoneConfigs": [{"name": "openai", "properties": {"privateDnsZoneId": _ZONE}}]
        }
    },
)
_ROLE = {
    "assignableScopes": [SUB],
    "description": "Deletes deployments.",
    "permissions": [{"actions": ["Microsoft.CognitiveServices/*/read"], "notActions": []}],
    "roleName": "rg-arm sweeper",
}
ROLE_DEFINITION: Pair = (
    {**_ROLE, "roleType": "CustomRole"},
    {"properties": {**_ROLE, "type": "CustomRole"}},
)


def _inside(body: Json) -> Pair:
    """Where azure-native flattens all that there is."""
    return body, {"properties": body}


ROLE_ASSIGNMENT = _inside(
    {
        "principalId": "99999999-9999-9999-9999-999999999999",
        "principalType": "ServicePrincipal",
        "roleDefinitionId": _READER,
    }
)
LOCK = _inside({"level": "CanNotDelete", "notes": "In use."})


def _beside(body: Json, **inside: Any) -> Pair:
    """Where azure-native flattens `properties` and something stands beside them."""
    return {**body, **inside}, {**body, "properties": inside}


WORKSPACE = _beside(_HERE, retentionInDays=30, sku={"name": "PerGB2018"})
DIAGNOSTIC_SETTING = _inside(
    {
        "logs": [{"categoryGroup": "allLogs", "enabled": True}],
        "metrics": [{"category": "AllMetrics", "enabled": True}],
        "workspaceId": WORKSPACE_ID,
    }
)
ACTION_GROUP = _beside(
    {"location": "global"},
    enabled=True,
    groupShortName="owners",
    emailReceivers=[{"name": "team", "emailAddress": "team@example.com"}],
)
BUDGET = _inside(
    {
        "amount": 100,
        "category": "Cost",
        "notifications": {
            "most": {
                "contactEmails": [],
                "contactGroups": [ACTION_GROUP_ID],
                "enabled": True,
                "operator": "GreaterThan",
                "threshold": 80,
            }
        },
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-11-01T00:00:00Z", "endDate": "2027-11-01T00:00:00Z"},
    }
)
_STORED = {**_HERE, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
STORAGE: Pair = (
    {
        **_STORED,
        "identity": _LISTED,
        "allowSharedKeyAccess": False,
        "enableHttpsTrafficOnly": True,
        "encryption": {
            "encryptionIdentity": {"encryptionUserAssignedIdentity": IDENTITY},
            "keySource": "Microsoft.Keyvault",
            "keyVaultProperties": _KEY,
        },
        "networkRuleSet": {
            "defaultAction": "Deny",
            "ipRules": [{"iPAddressOrRange": "192.0.2.1"}],
            "virtualNetworkRules": [{"virtualNetworkResourceId": _SUBNET}],
        },
    },
    {
        **_STORED,
        "identity": _MAPPED,
        "properties": {
            "allowSharedKeyAccess": False,
            "supportsHttpsTrafficOnly": True,
            "encryption": {
                "identity": {"userAssignedIdentity": IDENTITY},
                "keySource": "Microsoft.Keyvault",
                "keyvaultproperties": {key.lower(): value for key, value in _KEY.items()},
            },
            "networkAcls": {
                "defaultAction": "Deny",
                "ipRules": [{"value": "192.0.2.1"}],
                "virtualNetworkRules": [{"id": _SUBNET}],
            },
        },
    },
)
ENVIRONMENT = _beside(
    _HERE,
    appLogsConfiguration={
        "destination": "log-analytics",
        "logAnalyticsConfiguration": {"customerId": "c", "sharedKey": "not-a-secret"},
    },
    vnetConfiguration={"infrastructureSubnetId": _SUBNET, "internal": True},
    zoneRedundant=False,
)
_CONFIGURATION = {
    "replicaTimeout": 1800,
    "scheduleTriggerConfig": {"cronExpression": "0 6 * * *"},
    "triggerType": "Schedule",
}
_TEMPLATE = {"containers": [{"name": "sweep", "image": "team.azurecr.io/ftops"}]}
JOB: Pair = (
    {
        **_HERE,
        "identity": _LISTED,
        "configuration": _CONFIGURATION,
        "environmentId": ENVIRONMENT_ID,
        "template": _TEMPLATE,
    },
    {
        **_HERE,
        "identity": _MAPPED,
        "properties": {
            "configuration": _CONFIGURATION,
            "environmentId": ENVIRONMENT_ID,
            "template": _TEMPLATE,
        },
    },
)
