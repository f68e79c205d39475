"""The pack under the real engine: what is not known at preview is said, and blocks at `up`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ftops_policies import read_rules

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


def test_the_pack_blocks_what_it_knows_and_says_what_it_does_not(
    stack: Stack, tmp_path: Path
) -> None:
    # The program is small: what it leaves out for other rules only advises here.
    config = tmp_path / "pack.json"
    config.write_text(
        '{"all": "advisory", "key-access-is-off": "mandatory", "capacity-is-bounded": "mandatory"}',
        encoding="utf-8",
    )
    words = ("--policy-pack", str(POLICIES), "--policy-pack-config", str(config))
    preview = stack.pulumi("preview", *words)

    assert preview.returncode != 0
    assert "[mandatory]  key-access-is-off" in preview.stdout
    assert "can't run policy" not in preview.stdout

    stack.declare(keys="off")
    up = stack.pulumi("up", "--yes", *words)
    before, _, after = up.stdout.partition("Updating (prod)")

    assert up.returncode != 0
    assert "[advisory]  ftops-advice" in before
    assert "capacity-is-bounded (not known): sku.capacity is not known until up" in before
    assert "[mandatory]  capacity-is-bounded" in after
    assert "The capacity 9000 is above the environment's limit of 300." in after


def test_the_packs_config_advises_or_mends_where_it_would_block(
    stack: Stack, tmp_path: Path
) -> None:
    config = tmp_path / "pack.json"
    config.write_text(
        '{"all": "advisory", "key-access-is-off": {"enforcementLevel": "remediate"},'
        ' "tags-are-complete": {"required_tags": ["costCenter"]}}',
        encoding="utf-8",
    )
    stack.declare(units="10")
    words = ("--policy-pack", str(POLICIES), "--policy-pack-config", str(config))

    shown = stack.pulumi("preview", *words)
    up = stack.pulumi("up", "--yes", "--skip-preview", *words)
    state = json.loads(stack.pulumi("stack", "export").stdout)
    [account] = [
        each
        for each in state["deployment"]["resources"]
        if each["type"] == "azure-native:cognitiveservices:Account"
    ]

    assert shown.returncode == 0, shown.stdout
    assert "[advisory]  tags-are-complete" in shown.stdout
    assert "[remediate]  key-access-is-off" in shown.stdout
    assert "[mandatory]" not in shown.stdout
    assert up.returncode == 0, up.stdout
    assert account["inputs"]["properties"]["disableLocalAuth"] is True


def test_without_a_config_each_rule_has_its_own_level_and_text(stack: Stack) -> None:
    shown = stack.pulumi("preview", "--policy-pack", str(POLICIES))
    said = {
        (level, name)
        for level, name in re.findall(
            r"\[(mandatory|advisory|remediate)\]  ([a-z-]+)", shown.stdout
        )
    }
    rules = {rule.id: rule for rule in read_rules()}

    assert shown.returncode != 0
    assert ("mandatory", "key-access-is-off") in said
    assert ("advisory", "name-says-what-it-is") in said
    assert ("advisory", "ftops-advice") in said
    assert "remediate" not in {level for level, _ in said}
    assert rules["key-access-is-off"].title in shown.stdout
    for level, name in said:
        if name in rules:
            assert (level == "mandatory") is (rules[name].severity == "block"), name


@pytest.mark.parametrize(
    ("parameter", "sentence"),
    [
        ('"capacity_max": "many"', "capacity_max"),
        ('"capacity_mx": 5', "Did you mean capacity_max?"),
    ],
)
def test_a_config_that_does_not_fit_is_refused_by_its_name(
    stack: Stack, tmp_path: Path, parameter: str, sentence: str
) -> None:
    config = tmp_path / "pack.json"
    level = '"enforcementLevel": "mandatory"'
    config.write_text(
        f'{{"all": "advisory", "capacity-is-bounded": {{{level}, {parameter}}}}}', encoding="utf-8"
    )

    shown = stack.pulumi(
        "preview", "--policy-pack", str(POLICIES), "--policy-pack-config", str(config)
    )

    assert shown.returncode != 0
    assert sentence in shown.stdout + shown.stderr
    assert "can't run policy" not in shown.stdout


def test_what_pulumi_wrote_of_a_preview_is_judged_as_the_program_is(stack: Stack) -> None:
    plan = stack.folder / "plan.json"
    shutil.copytree(POLICIES, stack.folder / "policies", ignore=shutil.ignore_patterns("ftops_*"))
    told = stack.pulumi("preview", "--json", "--save-plan", str(plan))
    (stack.folder / "preview.json").write_text(told.stdout, encoding="utf-8")

    for name in ("preview.json", "plan.json"):
        done = subprocess.run(
            [sys.executable, "-m", "ftops", "policy", "check", name, "--output", "json"],
            cwd=stack.folder,
            env=stack.env,
            capture_output=True,
            text=True,
            check=False,
        )
        found = json.loads(done.stdout)["findings"]
        said = {(each["rule"], each["state"]) for each in found}

        assert done.returncode == 1
        assert ("key-access-is-off", "broken") in said
        assert ("capacity-is-bounded", "unknown") in said
        assert {each["environment"] for each in found} == {"prod"}
        labels = {each["resource"].count("/") for each in found if "capacity" in each["rule"]}
        assert labels == {1}, "a deployment lies in its account"
