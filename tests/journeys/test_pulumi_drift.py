"""The real engine when the world does not stand still: refusals, Azure's own deletions, moves."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from azure.identity import ClientSecretCredential
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from tests.journeys.test_scenarios import A_MODEL, LAB, SUBSCRIPTION, furnish

if TYPE_CHECKING:
    from tests.conftest import Sandbox
    from tests.journeys.conftest import Shell

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ftops-dev"
PROVIDER = "providers/Microsoft.CognitiveServices"
ACCOUNT = f"{GROUP}/{PROVIDER}/accounts/oai-ftops-dev"
NEXT = f"{GROUP}/{PROVIDER}/accounts/oai-ftops-next"
TUNED = f"""
        - name: support
          model: {A_MODEL}
          source: {LAB}
          sku: Standard
          capacity: 900000
        - name: try
          model: {A_MODEL}
          source: {LAB}
          sku: DeveloperTier
          capacity: 1
  ftops:tags:"""

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(
        shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH: no real engine"
    ),
]


def test_dev_outlives_refusals_deletions_and_moves(shell: Shell, alone: Sandbox) -> None:
    """One long story, since each chapter needs the one before and costs some seconds."""
    shell.change("\n  ftops:tags:", TUNED)
    furnish(alone, shell.root)
    shell.type("pulumi", "stack", "select", "-c", "dev")
    _stops_in_the_middle_and_goes_on(shell, alone)
    _is_swept_by_azure_itself(shell, alone)
    _is_deleted_by_somebody_s_sdk(shell, alone)
    _gets_another_name(shell, alone)
    _moves_to_another_region(shell, alone)
    said = shell.type("pulumi", "destroy", "--yes", "--skip-preview")
    assert "9 deleted" in said
    assert _found(alone, GROUP, "2024-03-01")["error"]["code"] == "ResourceGroupNotFound"
    assert _found(alone, LAB)["name"] == "oai-lab", "what is not its own stays"


def _up(shell: Shell, *options: str, fails: bool = False) -> str:
    """Without the pack, which would ask for a time to live: what Azure does is looked at here."""
    return shell.type("pulumi", "up", "--yes", "--skip-preview", *options, fails=fails)


def _stops_in_the_middle_and_goes_on(shell: Shell, alone: Sandbox) -> None:
    said = _up(shell, fails=True)

    assert "(InsufficientQuota)" in said
    assert _deployments(alone, ACCOUNT) == {"gpt-4.1-mini", "gpt-4.1-nano"}

    # Azure is busy twice, and once somebody else is at the account: it is asked again.
    shell.change("900000", "10")
    alone.refuse("PUT .*/deployments/support", 429, times=2, retry_after_ms=50)
    conflict = {"code": "RequestConflict", "message": "Another operation is being performed."}
    alone.refuse("PUT .*/deployments/try", 409, times=1, **conflict)

    assert "2 created" in _up(shell)
    assert "9 unchanged" in _up(shell, "--expect-no-changes")


def _is_swept_by_azure_itself(shell: Shell, alone: Sandbox) -> None:
    """A Developer deployment after a day, a tuned one that nobody called after 15."""
    alone.advance(hours=25)
    drift = shell.type("pulumi", "refresh", "--yes", "--skip-preview")
    assert "1 deleted" in drift
    assert "try" not in _deployments(alone, ACCOUNT)

    alone.advance(days=16)
    drift = shell.type("pulumi", "refresh", "--yes", "--skip-preview")
    assert "1 deleted" in drift
    assert "updated" not in drift
    assert _deployments(alone, ACCOUNT) == {"gpt-4.1-mini", "gpt-4.1-nano"}
    # The models are there still: what is declared comes back, and nothing else is touched.
    said = _up(shell)
    assert "2 created" in said
    assert "7 unchanged" in said


def _is_deleted_by_somebody_s_sdk(shell: Shell, alone: Sandbox) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in alone.env.items():
            patch.setenv(name, value)
        env = alone.env
        who = (env["AZURE_TENANT_ID"], env["AZURE_CLIENT_ID"], env["AZURE_CLIENT_SECRET"])
        arm = CognitiveServicesManagementClient(ClientSecretCredential(*who), SUBSCRIPTION)
        arm.deployments.begin_delete("rg-ftops-dev", "oai-ftops-dev", "try").result()

    said = _up(shell, "--refresh")
    assert "1 created" in said
    assert _deployments(alone, ACCOUNT) >= {"try"}


def _gets_another_name(shell: Shell, alone: Sandbox) -> None:
    """A new name is a new account: all that is in it is made there."""
    shell.change("- name: oai-ftops-dev", "- name: oai-ftops-next")
    _up(shell)

    assert len(_deployments(alone, NEXT)) == 4
    assert _found(alone, ACCOUNT)["error"]["code"] == "ResourceNotFound"


def _moves_to_another_region(shell: Shell, alone: Sandbox) -> None:
    """Azure holds a deleted account's name: the move goes on once the old one is purged."""
    shell.change(
        "- name: oai-ftops-next\n", "- name: oai-ftops-next\n      location: northcentralus\n"
    )
    assert "(FlagMustBeSetForRestore)" in _up(shell, fails=True)
    name = "resourceGroups/rg-ftops-dev/deletedAccounts/oai-ftops-next"
    path = f"/subscriptions/{SUBSCRIPTION}/{PROVIDER}/locations/swedencentral/{name}"
    with alone.arm() as arm:
        arm.delete(path).raise_for_status()
    alone.advance(minutes=5)
    _up(shell)

    assert _found(alone, NEXT)["location"] == "northcentralus"
    assert len(_deployments(alone, NEXT)) == 4, "what was in it has moved along"
    assert "9 unchanged" in _up(shell, "--expect-no-changes")


def _deployments(sandbox: Sandbox, account: str) -> set[str]:
    return {str(each["name"]) for each in _found(sandbox, f"{account}/deployments")["value"]}


def _found(sandbox: Sandbox, path: str, api_version: str = "2025-06-01") -> Any:
    with sandbox.arm(api_version) as arm:
        return arm.get(path).json()
