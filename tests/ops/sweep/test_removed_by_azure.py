"""What ftops says of a deployment that Azure deleted by itself, on a sandbox's clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import Result

from ftops.ledger import Entry, Ledger

if TYPE_CHECKING:
    from tests.ops.sweep.conftest import World

Run = Callable[..., Result]
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"


def _report(ftops: Run, account: str) -> tuple[dict[str, Decimal], list[str]]:
    """The hosting cost of each deployment in 30 days, and whose is unknown."""
    told = ("cost", "report", "--since", "30d", "--account", account, "--output", "json")
    answer: dict[str, Any] = json.loads(ftops(*told).stdout)
    costs: dict[str, Decimal] = {}
    for row in answer["charges"]:
        if row["charge_type"] == "hosting":
            name = row["deployment"]
            costs[name] = costs.get(name, Decimal()) + Decimal(row["cost_usd"] or "NaN")
    return costs, [gap["deployment"] for gap in answer["unknown"]]


def test_it_costs_until_azure_removed_it_and_nothing_after(
    world: World, ftops: Run, unique: Callable[[str], str]
) -> None:
    name = unique("left")
    deployments = [
        {"name": "idle", "model": "m", "sku": "Standard", "created": "17d"},
        {"name": "day", "model": "m", "sku": "DeveloperTier", "created": "3d"},
    ]
    account = {"name": name, "created": "18d", "tuned_models": [{"name": "m"}]}
    world.sandbox.ask("POST", "world", {"accounts": [{**account, "deployments": deployments}]})

    costs, unknown = _report(ftops, name)
    swept = ftops("teardown", "--idle", "--account", name, "--output", "json")

    assert abs(costs["idle"] - 15 * 24 * Decimal("1.7")) < Decimal("0.01")
    assert costs.get("day", Decimal()) == 0
    assert not unknown
    assert json.loads(swept.stdout)["verdicts"] == []


def test_what_the_ledger_knows_is_brought_back_though_azure_removed_it(
    world: World, ftops: Run, tmp_path: Path
) -> None:
    account = world.make_account()
    path = world.deploy(account, "lost", sku="DeveloperTier", owner="ana")
    body = world.arm.get(path).json()
    ledger = Ledger(tmp_path / "ledger.jsonl", SUBSCRIPTION)
    with ledger.held():
        ledger.append(Entry("deployed", world.sandbox.now(), path, body))
    world.sandbox.advance(days=1, minutes=5)
    assert not world.exists(path)

    result = ftops("restore", "lost", "--ttl", "12h", "--output", "json")

    assert result.exit_code == 0, result.output
    after = world.arm.get(path).json()
    assert (after["sku"], after["tags"]["owner"]) == (body["sku"], "ana")
    assert after["properties"]["model"] == body["properties"]["model"]
    made = world.sandbox.now() - timedelta(hours=1)
    events = world.sandbox.ask("GET", "state?kind=deployment.created")["events"]
    assert [e for e in events if e["subject"] == path.casefold() and e["time"] > made.isoformat()]
