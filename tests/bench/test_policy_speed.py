"""Policies: a check beside a bare program and beside Checkov, many resources, a whole estate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.bench.conftest import Pair
from tests.bench.program import IN_ONE_ACCOUNT, ROOT, write_project
from tests.conftest import Sandbox, start_sandbox, stop_sandbox

pytestmark = pytest.mark.bench
PYTHON = sys.executable
CHECK = (PYTHON, "-m", "ftops", "policy", "check", "bench")
CHECKOV = ROOT / ".ftops/clients/checkov/bin/checkov"
SMALL = 4
MANY = 950
"""Deployments; with their accounts and the group there are about a thousand resources."""

# As every command does: a peer that collects garbage more often is no peer.
RECALLING = """
import gc
gc.set_threshold(20_000)
from pathlib import Path
from ftops.engine.recall import recall_resources
print(len(recall_resources("bench", Path.cwd())))
"""
READING = """
import gc
gc.set_threshold(20_000)
from ftops.azure.existing import read_existing
from ftops.azure.session import open_session
from ftops.estate import Scope
from ftops_policies import read_rules
print(len(read_existing(open_session(), Scope(None, None), read_rules()).resources))
"""
TERRAFORM_GROUP = """
resource "azurerm_resource_group" "rg" {
  name     = "rg"
  location = "swedencentral"
}
"""
TERRAFORM_ACCOUNT = """
resource "azurerm_cognitive_account" "a{number}" {{
  name                          = "oai-{number}"
  resource_group_name           = azurerm_resource_group.rg.name
  location                      = "swedencentral"
  kind                          = "OpenAI"
  sku_name                      = "S0"
  custom_subdomain_name         = "oai-{number}"
  local_auth_enabled            = false
  public_network_access_enabled = false
  tags                          = {{ owner = "bench" }}
}}
"""
TERRAFORM_DEPLOYMENT = """
resource "azurerm_cognitive_deployment" "d{number}" {{
  name                 = "d-{number}"
  cognitive_account_id = azurerm_cognitive_account.a{account}.id
  model {{
    format  = "OpenAI"
    name    = "gpt-4.1-mini"
    version = "2025-04-14"
  }}
  sku {{
    name     = "GlobalStandard"
    capacity = 1
  }}
}}
"""


def _terraform(count: int) -> str:
    parts = [TERRAFORM_GROUP]
    for number in range(count):
        account = number - number % IN_ONE_ACCOUNT
        if number == account:
            parts.append(TERRAFORM_ACCOUNT.format(number=number))
        parts.append(TERRAFORM_DEPLOYMENT.format(number=number, account=account))
    return "".join(parts)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A thousand accounts of five deployments each, in a shell that points at them."""
    started = start_sandbox(tmp_path / "s")
    started.ask("POST", "world", {"generate": {"accounts": 1000, "deployments": 5}})
    for key, value in started.env.items():
        monkeypatch.setenv(key, value)
    yield started
    stop_sandbox(started)


@pytest.mark.parametrize("count", [SMALL, 50])
def test_a_check_beside_a_bare_program(pair: Pair, project: Path, count: int) -> None:
    bare = write_project(project, count)
    pair(f"ftops policy check, {count} deployments | the same resources, bare (1.2 and 0.3 s)",
         [*CHECK, "--fresh"], [PYTHON, str(bare), str(count)])  # fmt: skip


def test_a_check_of_what_has_not_changed(pair: Pair, project: Path) -> None:
    write_project(project, SMALL)
    pair("ftops policy check, unchanged | the same, --fresh (below 0.5 s)",
         CHECK, [*CHECK, "--fresh"])  # fmt: skip


@pytest.mark.skipif(not CHECKOV.is_file(), reason="Checkov is not installed: make bench")
@pytest.mark.parametrize("count", [SMALL, 50])
def test_a_check_beside_checkov_on_the_same_resources(
    pair: Pair, project: Path, count: int
) -> None:
    write_project(project, count)
    file = project.with_name("main.tf")
    file.write_text(_terraform(count), encoding="utf-8")
    peer = [str(CHECKOV), "--file", str(file), "--framework", "terraform"]
    pair(f"ftops policy check, {count} deployments | checkov on Terraform (0.5)",
         [*CHECK, "--fresh"],
         [*peer, "--skip-download", "--quiet", "--compact", "--output", "json"])  # fmt: skip


def test_judging_a_thousand_resources(pair: Pair, project: Path) -> None:
    """Of a kept listing: a fresh one takes the SDK half a minute, which would drown the rules."""
    write_project(project, MANY)
    pair("ftops policy check, 1,000 resources, unchanged | reading them alone (and 0.5 s)",
         [*CHECK, "--output", "json"], [PYTHON, "-c", RECALLING])  # fmt: skip


def test_an_audit_beside_reading_what_exists(
    pair: Pair, estate: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert estate.http
    monkeypatch.chdir(ROOT)
    pair("ftops policy audit, 1,000 accounts of 5 | reading them alone",
         [PYTHON, "-m", "ftops", "policy", "audit", "--output", "json"],
         [PYTHON, "-c", READING])  # fmt: skip
