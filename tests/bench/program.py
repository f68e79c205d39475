"""One environment twice: a stack file of ours, and a bare program that declares the same."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
IN_ONE_ACCOUNT = 25

BARE = """\
import pulumi, sys
from pulumi_azure_native import cognitiveservices as cs, resources

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return args.name, args.inputs
    def call(self, args):
        return {}

pulumi.runtime.set_mocks(Mocks())

@pulumi.runtime.test
def program():
    group = resources.ResourceGroup("rg", resource_group_name="rg", location="swedencentral")
    for number in range(int(sys.argv[1])):
        if number % IN_ONE_ACCOUNT == 0:
            last = account = cs.Account(
                f"oai-{number}", account_name=f"oai-{number}", resource_group_name="rg",
                location="swedencentral", kind="OpenAI", sku=cs.SkuArgs(name="S0"),
                properties=cs.AccountPropertiesArgs(disable_local_auth=True),
                tags={"owner": "bench"}, opts=pulumi.ResourceOptions(depends_on=[group]),
            )
        model = cs.DeploymentModelArgs(format="OpenAI", name="gpt-4.1-mini", version="2025-04-14")
        last = cs.Deployment(
            f"d-{number}", deployment_name=f"d-{number}", resource_group_name="rg",
            account_name=account._name, sku=cs.SkuArgs(name="GlobalStandard", capacity=1),
            properties=cs.DeploymentPropertiesArgs(model=model), tags={"owner": "bench"},
            opts=pulumi.ResourceOptions(parent=account, depends_on=[last]),
        )

program()
"""


def _stack(count: int) -> str:
    lines = ["config:", "  ftops:location: swedencentral", "  ftops:tags:", "    owner: bench"]
    lines.append("  ftops:accounts:")
    for number in range(count):
        if number % IN_ONE_ACCOUNT == 0:
            lines += [f"    - name: oai-{number}", "      deployments:"]
        lines += [
            f"        - name: d-{number}",
            "          model: gpt-4.1-mini",
            '          version: "2025-04-14"',
            "          capacity: 1",
        ]
    return "\n".join(lines) + "\n"


def write_project(folder: Path, count: int) -> Path:
    """A project whose environment `bench` has `count` deployments; returns the bare program."""
    for name in ("Pulumi.yaml", "__main__.py", "policies/settings.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "stacks").mkdir()
    (folder / "stacks/Pulumi.bench.yaml").write_text(_stack(count), encoding="utf-8")
    # Outside the project, whose Python is part of what a kept listing is made of.
    bare = folder.with_name(f"{folder.name}-bare.py")
    bare.write_text(BARE.replace("IN_ONE_ACCOUNT", str(IN_ONE_ACCOUNT)), encoding="utf-8")
    return bare
