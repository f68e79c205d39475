"""The real azure-native plugin on the sandbox, where it is installed: no stand-in on PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox

HOME = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
SINCE = (3, 8, 0)
"""The first release that reads a metadata host."""

PROGRAM = """\
name: native
runtime: yaml
resources:
  group:
    type: azure-native:resources:ResourceGroup
    properties: {{resourceGroupName: {name}, location: swedencentral}}
    options: {{version: {version}}}
  account:
    type: azure-native:cognitiveservices:Account
    properties:
      resourceGroupName: ${{group.name}}
      accountName: {name}
      location: swedencentral
      kind: OpenAI
      sku: {{name: S0}}
      properties: {{customSubDomainName: {name}}}
    options: {{version: {version}}}
"""


def _installed() -> str:
    """The newest azure-native of Pulumi's own folder that can be pointed elsewhere, or ""."""
    names = [path.name for path in (HOME / "plugins").glob("resource-azure-native-v*")]
    whole = [re.fullmatch(r"resource-azure-native-v(\d+)\.(\d+)\.(\d+)", name) for name in names]
    newest = max((tuple(map(int, one.groups())) for one in whole if one), default=(0, 0, 0))
    return ".".join(map(str, newest)) if newest >= SINCE else ""


VERSION = _installed()
pytestmark = [
    pytest.mark.pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
    pytest.mark.skipif(
        not VERSION,
        reason="the real azure-native plugin is not installed: "
        "`pulumi plugin install resource azure-native`",
    ),
]


@pytest.mark.parametrize("way", ["proxy", "endpoints"])
def test_the_real_plugin_brings_an_account_up_and_down(
    way: str, alone: Sandbox, tmp_path: Path, unique: Callable[[str], str]
) -> None:
    name = unique("native")
    (tmp_path / "Pulumi.yaml").write_text(PROGRAM.format(name=name, version=VERSION), "utf-8")
    shell = _shell(alone, way, tmp_path)

    def pulumi(*words: str) -> None:
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=tmp_path,
            env=shell,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    pulumi("stack", "init", "dev")
    pulumi("up", "--yes")
    with alone.arm() as arm:
        group = f"/subscriptions/{shell['ARM_SUBSCRIPTION_ID']}/resourceGroups/{name}"
        account = f"{group}/providers/Microsoft.CognitiveServices/accounts/{name}"
        assert arm.get(account).json()["properties"]["provisioningState"] == "Succeeded"
        pulumi("preview", "--expect-no-changes")
        pulumi("destroy", "--yes")
        assert arm.get(group).status_code == 404


def _shell(alone: Sandbox, way: str, folder: Path) -> dict[str, str]:
    """What the page says to type, and a backend of the test's own."""
    foreign = ("AZURE_", "ARM_", "PULUMI_", "FTOPS_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    chosen = alone.env if way == "proxy" else alone.endpoints
    return {
        **plain,
        **chosen,
        "PATH": alone.env["PATH"].partition(os.pathsep)[2],
        "PULUMI_HOME": str(HOME),
        "PULUMI_BACKEND_URL": f"file://{folder}",
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
