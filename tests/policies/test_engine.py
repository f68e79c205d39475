"""The pack under the real engine: what is not known at preview is said, and blocks at `up`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

POLICIES = Path(__file__).parents[2] / "policies"
PROJECT = "name: ftops\nruntime: python\nmain: .\n"
PROGRAM = """
import pulumi
import pulumi_azure_native as azure

tags = {"owner": "ana", "environment": "prod", "managed-by": "pulumi"}
config = pulumi.Config()
group = azure.resources.ResourceGroup(
    "rg", resource_group_name=config.require("account"), location="swedencentral", tags=tags
)
account = azure.cognitiveservices.Account(
    "lab",
    resource_group_name=group.name,
    account_name=config.require("account"),
    location="swedencentral",
    kind="OpenAI",
    sku={"name": "S0"},
    tags=tags,
    properties={"disable_local_auth": config.require("keys") == "off",
                "public_network_access": "Disabled",
                "restrict_outbound_network_access": True,
                "custom_sub_domain_name": config.require("account")},
)
azure.cognitiveservices.Deployment(
    "base",
    resource_group_name=group.name,
    account_name=account.name,
    deployment_name="base",
    tags=tags,
    # The account's id is Azure's to give, so nobody knows the capacity before up.
    sku={"name": "GlobalStandard", "capacity": account.id.apply(lambda _: config.get_int("units"))},
    properties={"model": {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"},
                "version_upgrade_option": "NoAutoUpgrade"},
)
"""

pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]


@dataclass(frozen=True)
class Stack:
    """A project of its own, with a state of its own, pointed at the sandbox."""

    folder: Path
    env: dict[str, str]

    def declare(self, **config: str) -> None:
        """Changes the stack's config without a process for each value."""
        path = self.folder / "Pulumi.prod.yaml"
        stack = yaml.safe_load(path.read_text(encoding="utf-8"))
        named = {f"ftops:{key}": value for key, value in config.items()}
        stack["config"] = {**stack.get("config", {}), **named}
        path.write_text(yaml.safe_dump(stack), encoding="utf-8")

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )


@pytest.fixture
def stack(tmp_path: Path, sandbox: Any, unique: Callable[[str], str]) -> Stack:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "state").mkdir()
    env = {**os.environ, **sandbox.env, "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}"}
    python = Path(sys.executable).parent
    made = Stack(tmp_path, {**env, "PATH": f"{python}{os.pathsep}{env['PATH']}"})
    assert made.pulumi("stack", "select", "--create", "prod").returncode == 0
    made.declare(account=unique("oai"), units="9000", keys="on")
    return made


def test_the_pack_blocks_what_it_knows_and_says_what_it_does_not(stack: Stack) -> None:
    preview = stack.pulumi("preview", "--policy-pack", str(POLICIES))

    assert preview.returncode != 0
    assert "[mandatory]  key-access-is-off" in preview.stdout
    assert "can't run policy" not in preview.stdout

    stack.declare(keys="off")
    up = stack.pulumi("up", "--yes", "--policy-pack", str(POLICIES))
    before, _, after = up.stdout.partition("Updating (prod)")

    assert up.returncode != 0
    assert "[advisory]  ftops-advice" in before
    assert "capacity-is-bounded (not known): sku.capacity is not known until up" in before
    assert "[mandatory]  capacity-is-bounded" in after
    assert "The capacity 9000 is above the environment's limit of 300." in after
