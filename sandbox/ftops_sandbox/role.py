"""The built-in roles that matter here: their ids are Azure's, their permissions are abridged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_OPENAI = "Microsoft.CognitiveServices/accounts/OpenAI"
_RULES = "Microsoft.Authorization/*/read"
_INFERENCE = (
    f"{_OPENAI}/*/read",
    f"{_OPENAI}/deployments/completions/action",
    f"{_OPENAI}/deployments/chat/completions/action",
    f"{_OPENAI}/deployments/embeddings/action",
    f"{_OPENAI}/responses/write",
)
_ELEVATE = "Microsoft.Authorization/elevateAccess/Action"


@dataclass(frozen=True)
class Role:
    """One built-in role; wildcards stand for any characters, as in Azure."""

    id: str
    name: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()

    @property
    def properties(self) -> dict[str, Any]:
        """As `roleDefinitions` shows it."""
        permission = {
            "actions": list(self.actions),
            "notActions": list(self.not_actions),
            "dataActions": list(self.data_actions),
            "notDataActions": [],
        }
        return {
            "roleName": self.name,
            "type": "BuiltInRole",
            "description": f"{self.name}, as far as the sandbox knows it.",
            "assignableScopes": ["/"],
            "permissions": [permission],
        }


OWNER = Role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", ("*",))
OPENAI_CONTRIBUTOR = Role(
    "a001fd3d-188f-4b5d-821b-7da978bf7442",
    "Cognitive Services OpenAI Contributor",
    (
        "Microsoft.CognitiveServices/*/read",
        "Microsoft.CognitiveServices/accounts/deployments/write",
        "Microsoft.CognitiveServices/accounts/deployments/delete",
        "Microsoft.CognitiveServices/accounts/raiPolicies/*",
        _RULES,
    ),
    data_actions=(f"{_OPENAI}/*",),
)
READER = Role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", ("*/read",))

ROLES = (
    OWNER,
    READER,
    OPENAI_CONTRIBUTOR,
    Role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        ("*",),
        ("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", _ELEVATE),
    ),
    Role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        ("*/read", "Microsoft.Authorization/*"),
    ),
    Role(
        "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
        "Cognitive Services OpenAI User",
        ("Microsoft.CognitiveServices/*/read", _RULES),
        data_actions=_INFERENCE,
    ),
    Role(
        "25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68",
        "Cognitive Services Contributor",
        (
            "Microsoft.CognitiveServices/*",
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.Insights/metricDefinitions/read",
            "Microsoft.Insights/metrics/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            _RULES,
        ),
    ),
    Role(
        "a97b65f3-24c7-4388-baec-2e87135dc908",
        "Cognitive Services User",
        (
            "Microsoft.CognitiveServices/*/read",
            "Microsoft.CognitiveServices/accounts/listkeys/action",
            "Microsoft.Insights/metricDefinitions/read",
            "Microsoft.Insights/metrics/read",
        ),
        data_actions=("Microsoft.CognitiveServices/*",),
    ),
    Role(
        "bba48692-92b0-4667-a9ad-c31c7b334ac2",
        "Cognitive Services Usages Reader",
        ("Microsoft.CognitiveServices/locations/usages/read",),
    ),
    Role(
        "53ca6127-db72-4b80-b1b0-d745d6d5456d",
        "Foundry User",
        ("Microsoft.CognitiveServices/*/read", _RULES),
        data_actions=("Microsoft.CognitiveServices/*",),
    ),
    Role(
        "c883944f-8b7b-4483-af10-35834be79c4a",
        "Foundry Owner",
        ("Microsoft.CognitiveServices/*", _RULES),
        data_actions=("Microsoft.CognitiveServices/*",),
    ),
    Role(
        "eadc314b-1a2d-4efa-be10-5d325db5065e",
        "Foundry Project Manager",
        ("Microsoft.CognitiveServices/*/read", "Microsoft.CognitiveServices/accounts/projects/*"),
        data_actions=("Microsoft.CognitiveServices/*",),
    ),
    Role(
        "e47c6f54-e4a2-4754-9501-8e0985b135e1",
        "Foundry Account Owner",
        ("Microsoft.CognitiveServices/*", _RULES),
    ),
    Role(
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "Monitoring Reader",
        ("*/read",),
    ),
)
