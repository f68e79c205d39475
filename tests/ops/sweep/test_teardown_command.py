"""`ftops teardown` and `ftops restore` against a real sandbox, faults and crashes included."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import Result

from ftops.ledger import Entry, Ledger

if TYPE_CHECKING:
    from tests.ops.sweep.conftest import World

Json = dict[str, Any]
Run = Callable[..., Result]
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"


@pytest.fixture
def sweep(ftops: Run) -> Callable[..., Json]:
    """Runs a teardown of one account and answers its JSON; `exit_code=` expects another end."""

    def run(account_id: str, *options: str, exit_code: int = 0) -> Json:
        name = account_id.rpartition("/")[2]
        result = ftops("teardown", "--idle", "--account", name, "--output", "json", *options)
        assert result.exit_code == exit_code, result.output
        found: Json = json.loads(result.stdout)
        return found

    return run


@pytest.fixture(autouse=True)
def _healed(world: World) -> Iterator[None]:
    yield
    world.sandbox.heal()


def verdicts(answer: Json) -> dict[str, str]:
    return {each["deployment"]: each["verdict"] for each in answer["verdicts"]}


def states(answer: Json) -> dict[str, str]:
    return {each["deployment"]: each["state"] for each in answer["outcomes"]}


def test_every_deployment_is_judged_and_only_the_idle_and_expired_are_deleted(
    world: World, sweep: Callable[..., Json]
) -> None:
    account = world.make_account()
    used, idle = world.deploy(account, "used"), world.deploy(account, "idle")
    kept = world.deploy(account, "kept", protected="true")
    world.deploy(account, "prod", environment="prod")
    world.sandbox.advance(hours=30)
    world.call(account, "used")
    young = world.deploy(account, "young")
    expired = world.deploy(account, "expired", expires_at="2020-01-01T00:00:00Z")
    world.deploy(account, "vague", expires_at="next week")
    expected = {
        "used": "used",
        "idle": "idle",
        "kept": "protected",
        "prod": "protected",
        "young": "young",
        "expired": "expired",
        "vague": "unknown",
    }

    dry = sweep(account)
    assert verdicts(dry) == expected
    assert states(dry) == {"idle": "would-delete", "expired": "would-delete"}
    assert dry["saved_usd_per_day"] == "81.6"
    assert world.exists(idle)

    done = sweep(account, "--yes")
    assert states(done) == {"idle": "deleted", "expired": "deleted"}
    assert [world.exists(path) for path in (used, kept, young)] == [True] * 3
    assert [world.exists(path) for path in (idle, expired)] == [False] * 2
    assert sweep(account, "--check")["plan"] == []


def test_the_contract_of_a_row_holds(world: World, sweep: Callable[..., Json]) -> None:
    account = world.make_account()
    world.deploy(account, "idle")
    world.sandbox.advance(hours=26)

    answer = sweep(account, "--check", exit_code=1)

    assert answer["schema"] == "ftops/teardown/v1"
    (verdict,) = answer["verdicts"]
    assert verdict.pop("reason")
    assert 26 <= verdict.pop("idle_hours") < 27
    name = account.rpartition("/")[2]
    assert verdict == {
        "deployment": "idle",
        "account": name,
        "verdict": "idle",
        "hosting_usd_per_hour": "1.7",
    }
    assert answer["plan"] == [{"deployment": "idle", "account": name, "action": "delete"}]


def test_without_metrics_nothing_is_deleted(world: World, sweep: Callable[..., Json]) -> None:
    account = world.make_account()
    idle = world.deploy(account, "idle")
    world.sandbox.advance(hours=30)
    world.sandbox.refuse("POST .*metrics:getBatch", 403, times=1, code="AuthorizationFailed")

    answer = sweep(account, "--yes")

    assert verdicts(answer) == {"idle": "unknown"}
    assert "asking Azure Monitor" in answer["verdicts"][0]["reason"]
    assert world.exists(idle)


def test_an_account_that_cannot_be_read_is_named(world: World, sweep: Callable[..., Json]) -> None:
    account = world.make_account()
    world.deploy(account, "idle")
    world.sandbox.refuse(f"GET {account}/deployments", 403, times=1, code="AuthorizationFailed")

    answer = sweep(account, "--yes")

    assert answer["verdicts"] == []
    assert [each["name"] for each in answer["unreadable"]] == [account.rpartition("/")[2]]


@pytest.mark.parametrize("trouble", [{"status": 429, "retry_after_ms": 20}, {"drop": True}])
def test_a_list_that_stumbles_is_read_whole(
    world: World, sweep: Callable[..., Json], trouble: Json
) -> None:
    account = world.make_account()
    world.deploy(account, "a")
    world.sandbox.refuse(f"GET {account}/deployments", **trouble)

    assert verdicts(sweep(account)) == {"a": "young"}


@pytest.mark.parametrize("status", [429, 409, 503])
def test_a_busy_azure_is_waited_for(world: World, sweep: Callable[..., Json], status: int) -> None:
    account = world.make_account()
    idle = world.deploy(account, "idle")
    world.sandbox.advance(hours=30)
    world.sandbox.refuse(f"DELETE {idle}", status, times=2, retry_after_ms=20)

    assert states(sweep(account, "--yes")) == {"idle": "deleted"}


def test_a_refused_deletion_is_an_outcome_and_the_others_go_on(
    world: World, sweep: Callable[..., Json]
) -> None:
    account = world.make_account()
    first, other = world.deploy(account, "a"), world.deploy(account, "b")
    world.sandbox.advance(hours=30)
    world.sandbox.refuse(f"DELETE {first}", 403, code="AuthorizationFailed", message="No.")

    answer = sweep(account, "--yes", exit_code=3)

    assert states(answer) == {"a": "failed", "b": "deleted"}
    assert [world.exists(path) for path in (first, other)] == [True, False]


def test_an_answer_lost_after_the_deletion_is_still_a_deletion(
    world: World, sweep: Callable[..., Json]
) -> None:
    account = world.make_account()
    idle = world.deploy(account, "idle")
    world.sandbox.advance(hours=30)
    world.sandbox.refuse(f"DELETE {idle}", times=99, drop=True)

    answer = sweep(account, "--yes", exit_code=3)

    assert states(answer) == {"idle": "failed"}
    world.sandbox.heal()
    assert states(sweep(account, "--yes")) == {"idle": "deleted"}


def test_a_plan_beyond_its_limit_touches_nothing(world: World, ftops: Run) -> None:
    account = world.make_account()
    Path("Pulumi.yaml").write_text("name: p\nruntime: python\n")
    Path("policies").mkdir()
    Path("policies/settings.yaml").write_text("defaults: {teardown_deletions_max: 1}\n")
    paths = [world.deploy(account, name) for name in ("a", "b")]
    world.sandbox.advance(hours=30)
    name = account.rpartition("/")[2]

    dry = ftops("teardown", "--idle", "--account", name)
    assert dry.exit_code == 0
    assert "--yes would be refused" in dry.stderr
    done = ftops("teardown", "--idle", "--account", name, "--yes")

    assert done.exit_code == 1
    assert "deletes 2 in no environment (at most 1)" in done.stderr
    assert all(world.exists(path) for path in paths)


def intend(world: World, path: str) -> Ledger:
    """What a crash between the journal and the deletion leaves behind."""
    ledger = Ledger(Path("ledger.jsonl"), SUBSCRIPTION)
    body = world.arm.get(path).json()
    ledger.append(Entry("deleting", world.sandbox.now(), path, body, "idle"))
    return ledger


def test_a_run_killed_before_it_deleted_is_taken_up_again(
    world: World, sweep: Callable[..., Json]
) -> None:
    account = world.make_account()
    idle = world.deploy(account, "idle")
    world.sandbox.advance(hours=30)
    ledger = intend(world, idle)

    assert states(sweep(account, "--yes")) == {"idle": "deleted"}

    kinds = [entry.kind for entry in ledger.read().entries]
    assert kinds == ["deleting", "kept", "deleting", "deleted"]


def test_a_run_killed_after_it_deleted_is_settled(world: World, sweep: Callable[..., Json]) -> None:
    account = world.make_account()
    idle = world.deploy(account, "idle")
    ledger = intend(world, idle)
    world.arm.delete(idle)

    assert states(sweep(account, "--yes")) == {"idle": "deleted"}

    assert [entry.kind for entry in ledger.read().entries] == ["deleting", "deleted"]
    assert sweep(account, "--yes")["outcomes"] == []


def test_a_run_killed_in_the_middle_of_a_deletion_is_finished_by_the_next(
    world: World, sweep: Callable[..., Json]
) -> None:
    account = world.make_account()
    idle = world.deploy(account, "idle")
    world.sandbox.advance(hours=30)
    world.sandbox.refuse(f"DELETE {idle}", delay_ms=3000)
    name = account.rpartition("/")[2]
    command = [sys.executable, "-m", "ftops", "teardown", "--idle", "--yes", "--account", name]
    ledger = Ledger(Path("ledger.jsonl"), SUBSCRIPTION)

    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not ledger.read().entries and time.monotonic() < deadline:
        time.sleep(0.05)
    running.kill()
    running.wait(timeout=10)

    assert [entry.kind for entry in ledger.read().entries] == ["deleting"]
    assert states(sweep(account, "--yes")) == {"idle": "deleted"}
    assert not world.exists(idle)


def test_what_is_in_use_again_is_not_deleted_by_an_old_intent(
    world: World, sweep: Callable[..., Json]
) -> None:
    account = world.make_account()
    idle = world.deploy(account, "idle")
    world.sandbox.advance(hours=30)
    intend(world, idle)
    world.call(account, "idle")

    assert verdicts(sweep(account, "--yes")) == {"idle": "used"}
    assert world.exists(idle)


def test_idleness_below_an_hour_is_refused(ftops: Run) -> None:
    result = ftops("teardown", "--idle", "--idle-after", "30m")

    assert result.exit_code == 2
    assert "less than an hour" in result.stderr


def test_teardown_wants_to_be_told_what(ftops: Run) -> None:
    assert ftops("teardown").exit_code == 2


def test_a_restored_deployment_is_as_it_was_with_a_new_time_to_live(
    world: World, sweep: Callable[..., Json], ftops: Run
) -> None:
    account = world.make_account()
    path = world.deploy(account, "back", owner="ana", expires_at="2020-01-01T00:00:00Z")
    before = world.arm.get(path).json()
    sweep(account, "--yes")
    name = account.rpartition("/")[2]

    result = ftops("restore", "back", "--account", name, "--ttl", "36h", "--output", "json")

    assert result.exit_code == 0, result.output
    after = world.arm.get(path).json()
    assert after["sku"] == before["sku"]
    assert after["properties"]["model"] == before["properties"]["model"]
    assert after["tags"]["owner"] == "ana"
    assert after["tags"]["expires-at"] == json.loads(result.stdout)["expires_at"]
    again = ftops("restore", "back", "--account", name)
    assert again.exit_code == 4
    assert "exists already" in again.stderr


def test_a_restore_without_quota_quotes_azure(
    world: World, sweep: Callable[..., Json], ftops: Run
) -> None:
    account = world.make_account()
    path = world.deploy(account, "wide", expires_at="2020-01-01T00:00:00Z")
    sweep(account, "--yes")
    message = "This operation require 1 new capacity"
    world.sandbox.refuse(f"PUT {path}", 400, code="InsufficientQuota", message=message)

    result = ftops("restore", "wide")

    assert result.exit_code == 3
    assert "InsufficientQuota" in result.stderr
    assert "ftops quota" in result.stderr
    world.sandbox.heal()
    assert ftops("restore", "wide").exit_code == 0


def test_what_the_ledger_does_not_know_cannot_be_restored(ftops: Run) -> None:
    result = ftops("restore", "never-seen")

    assert result.exit_code == 2
    assert "kept no deployment never-seen" in result.stderr
