"""`ftops plan` and `ftops quota plan` against the sandbox: what Azure tells, hides and refuses."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner, Result

from ftops.cli import main

if TYPE_CHECKING:
    from tests.conftest import Sandbox

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-plan-dev"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai-plan"
STACK = """\
config:
  ftops:location: swedencentral
  ftops:workload: plan
  ftops:accounts:
    - name: oai-plan
      deployments:
        - name: mini
          model: gpt-4.1-mini
          version: "2025-04-14"
          sku: Standard
          capacity: {capacity}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "stacks").mkdir()
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    for name, capacity in (("dev", 10), ("big", 5001)):
        text = STACK.format(capacity=capacity)
        (folder / f"stacks/Pulumi.{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def arm(alone: Sandbox, project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Resource Manager, with this process's shell pointing at it from inside the project."""
    for name, value in alone.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(project)
    with alone.arm() as client:
        yield client


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def _plan(*words: str, exit_code: int = 0) -> Json:
    result = _run("plan", *words, "--output", "json")
    assert result.exit_code == exit_code, result.output
    found: Json = json.loads(result.stdout)
    return found


def _states(found: Json, topic: str) -> set[str]:
    return {each["state"] for each in found["checks"] if each["topic"] == topic}


@pytest.mark.usefixtures("arm")
def test_an_environment_that_fits_is_ok_in_every_line() -> None:
    found = _plan("dev")

    assert found["verdict"] == "ok"
    assert [each["action"] for each in found["changes"]] == ["create"]
    topics = {each["topic"] for each in found["checks"]}
    assert {"model", "training", "lifecycle", "quota", "limits", "name", "permission"} <= topics


@pytest.mark.usefixtures("arm")
def test_more_than_the_pool_has_is_blocked_with_both_numbers_and_exit_code_1() -> None:
    found = _plan("big", exit_code=1)

    quota = next(each for each in found["checks"] if each["topic"] == "quota")
    assert quota["state"] == "blocked"
    assert quota["reason"] == "5001 wanted, 5000 of 5000 free"
    assert quota["place"].endswith("Pulumi.big.yaml:7")


@pytest.mark.usefixtures("arm")
def test_without_azure_nothing_is_shown_as_ok_that_only_azure_knows() -> None:
    found = _plan("dev", "--offline")

    assert found["verdict"] == "UNVERIFIED"
    assert _states(found, "quota") == _states(found, "permission") == {"UNVERIFIED"}
    assert _run("plan", "dev", "--offline", "--strict").exit_code == 1


def test_a_fault_of_azure_is_an_open_question_and_no_traceback(
    alone: Sandbox, arm: httpx.Client
) -> None:
    del arm
    alone.ask("POST", "faults", {"match": "GET .*/usages", "status": 403, "times": 9})
    found = _plan("dev")
    alone.ask("DELETE", "faults")

    assert _states(found, "quota") == {"UNVERIFIED"}
    assert _states(found, "model") == {"ok"}


def test_a_deleted_account_holds_its_name_and_the_way_out_is_named(
    alone: Sandbox, arm: httpx.Client
) -> None:
    body = {"location": "swedencentral", "kind": "OpenAI", "sku": {"name": "S0"}, "properties": {}}
    arm.put(GROUP, json={"location": "swedencentral"})
    assert arm.put(ACCOUNT, json=body).is_success
    alone.advance(minutes=5)
    assert _plan("dev")["verdict"] == "ok"
    arm.delete(ACCOUNT)
    alone.advance(minutes=5)

    found = _plan("dev", exit_code=1)

    name = next(each for each in found["checks"] if each["topic"] == "name")
    assert name["state"] == "blocked"
    assert "--purge-deleted" in name["hint"]
    alone.advance(hours=49)
    assert _plan("dev")["verdict"] == "ok"


def test_a_reader_is_told_what_it_may_not(
    alone: Sandbox, arm: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = GROUP.partition("/resourceGroups/")[0]
    authorization = "/providers/Microsoft.Authorization"
    reader = f"{head}{authorization}/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    guest = {"principalId": "77777777-7777-7777-7777-777777777777", "roleDefinitionId": reader}
    path = f"{head}{authorization}/roleAssignments/{uuid.uuid4()}"
    assert arm.put(path, json={"properties": guest}).is_success
    for name in ("AZURE_CLIENT_ID", "ARM_CLIENT_ID"):
        monkeypatch.setenv(name, "66666666-6666-6666-6666-666666666666")

    found = _plan("dev", exit_code=1)

    assert _states(found, "permission") == {"blocked"}
    assert alone.http
    assert arm.delete(path).is_success


@pytest.mark.usefixtures("arm")
def test_the_table_shows_what_stands_in_the_way_first() -> None:
    lines = [line for line in _run("plan", "big").stdout.splitlines() if "swedencentral" in line]

    assert lines[0].split()[:2] == ["blocked", "quota"]


@pytest.mark.usefixtures("arm")
def test_regions_are_ranked_for_a_model_and_a_capacity() -> None:
    words = ("quota", "plan", "--model", "gpt-4.1-mini", "--capacity", "100", "--output", "json")
    found = json.loads(_run(*words).stdout)["placements"]
    tuned = json.loads(_run(*words, "--tuned", "--by", "price").stdout)["placements"]

    assert found[0]["residency"] == "region"
    assert {"swedencentral", "eastus2"} <= {each["region"] for each in found}
    assert {each["pool"].endswith("-finetune") for each in tuned} == {True}
    prices = [each["hosting_usd_per_hour"] for each in tuned if each["state"] == "ok"]
    known = [float(price) for price in prices if price is not None]
    assert known == sorted(known)


@pytest.mark.usefixtures("arm")
@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (("plan", "dve"), 2, "no environment 'dve'"),
        (("quota", "plan", "--model", "gpt-4.1-mni", "--capacity", "1"), 4, "gpt-4.1-mini"),
        (("quota", "plan", "--model", "gpt-4.1-mini", "--capacity", "0"), 2, "capacity"),
        (("quota", "plan", "--model", "gpt-4.1-mini", "--capacity", "1", "--sku", "x"), 4, "SKU"),
        (("quota", "plan", "--model", "gpt-4.1-mini", "--capacity", "999999"), 1, "region"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    words: tuple[str, ...], exit_code: int, said: str
) -> None:
    result = _run(*words)

    assert result.exit_code == exit_code
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_role_on_the_group_alone_suffices(
    arm: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm.put(GROUP, json={"location": "swedencentral"})
    head, authorization = (
        GROUP.partition("/resourceGroups/")[0],
        "/providers/Microsoft.Authorization",
    )
    contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c"
    guest = {
        "principalId": "77777777-7777-7777-7777-777777777777",
        "roleDefinitionId": f"{head}{authorization}/roleDefinitions/{contributor}",
    }
    path = f"{GROUP}{authorization}/roleAssignments/{uuid.uuid4()}"
    assert arm.put(path, json={"properties": guest}).is_success
    monkeypatch.setenv("AZURE_CLIENT_ID", "66666666-6666-6666-6666-666666666666")

    found = _plan("dev")

    assert _states(found, "permission") == {"ok"}
    assert "UNVERIFIED" in _states(found, "quota")
    assert arm.delete(path).is_success
