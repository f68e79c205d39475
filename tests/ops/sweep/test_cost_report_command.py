"""`ftops cost report` and `ftops quota` against a real sandbox."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import Result

if TYPE_CHECKING:
    from tests.ops.sweep.conftest import World

Json = dict[str, Any]
Run = Callable[..., Result]
Account = Callable[..., Json]


@pytest.fixture(autouse=True)
def _healed(world: World) -> Iterator[None]:
    yield
    world.sandbox.heal()


@pytest.fixture
def report(ftops: Run) -> Account:
    """Runs a cost report of one account and answers its JSON."""

    def run(account_id: str, *options: str) -> Json:
        name = account_id.rpartition("/")[2]
        result = ftops("cost", "report", "--account", name, "--output", "json", *options)
        assert result.exit_code == 0, result.output
        found: Json = json.loads(result.stdout)
        return found

    return run


def costs(answer: Json, **wanted: str) -> list[Decimal]:
    return [
        Decimal(row["cost_usd"])
        for row in answer["charges"]
        if all(row[key] == value for key, value in wanted.items())
    ]


def test_a_deployment_that_was_torn_down_is_in_the_report_and_rows_sum_to_the_total(
    world: World, ftops: Run, report: Account
) -> None:
    account = world.make_account()
    world.deploy(account, "gone")
    world.call(account, "gone")
    world.sandbox.advance(hours=30)
    name = account.rpartition("/")[2]
    ftops("teardown", "--idle", "--yes", "--account", name)
    world.sandbox.advance(hours=3)

    answer = report(account, "--by", "hour")

    assert answer["schema"] == "ftops/cost-report/v1"
    hosting = sum(costs(answer, charge_type="hosting"))
    assert Decimal("1.7") * 30 < hosting < Decimal("1.7") * 31
    assert {row["charge_type"] for row in answer["charges"]} == {"hosting", "input", "output"}
    assert sum(costs(answer)) == Decimal(answer["total_usd"])
    assert answer["unknown"] == []


def test_every_row_has_the_columns_of_the_contract(
    world: World, ftops: Run, report: Account
) -> None:
    account = world.make_account()
    world.deploy(account, "d")
    world.sandbox.advance(hours=2)
    name = account.rpartition("/")[2]

    result = ftops("cost", "report", "--by", "hour", "--account", name, "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))

    contract = (
        "hour account deployment model charge_type quantity unit unit_price_usd cost_usd basis"
    )
    assert list(rows[0]) == contract.split()
    assert list(report(account)["charges"][0]) == contract.split()
    for row in rows:
        assert Decimal(row["quantity"]) * Decimal(row["unit_price_usd"]) == Decimal(row["cost_usd"])


def test_a_job_is_charged_by_the_tokens_that_azure_billed(report: Account) -> None:
    answer = report("home")

    (row,) = [row for row in answer["charges"] if row["charge_type"] == "training"]

    assert row["deployment"].startswith("ftjob-")
    assert row["unit_price_usd"] == "5"
    assert Decimal(row["cost_usd"]) > 0


def test_what_was_made_and_deleted_behind_our_back_is_told_by_the_activity_log(
    world: World, report: Account
) -> None:
    account = world.make_account()
    path = world.deploy(account, "secret")
    world.sandbox.advance(hours=2)
    world.arm.delete(path)

    answer = report(account)

    hosting = sum(costs(answer, deployment="secret", charge_type="hosting"))
    assert Decimal("3.4") <= hosting < Decimal("3.5")
    assert answer["unknown"] == []


def test_what_an_account_cost_is_told_after_the_account_is_gone(world: World, ftops: Run) -> None:
    account = world.make_account()
    world.deploy(account, "d", expires_at="2020-01-01T00:00:00Z")
    world.sandbox.advance(hours=5)
    name = account.rpartition("/")[2]
    ftops("teardown", "--idle", "--yes", "--account", name)
    world.arm.delete(account)

    result = ftops("cost", "report", "--by", "hour", "--output", "json")

    answer = json.loads(result.stdout)
    assert sum(costs(answer, account=name)) > 5 * Decimal("1.7")
    gone = [gap["charge_type"] for gap in answer["unknown"] if gap["account"] == name]
    assert sorted(gone) == ["input", "output", "training"]


def test_tokens_that_monitor_does_not_tell_are_unknown(world: World, report: Account) -> None:
    account = world.make_account()
    world.deploy(account, "d")
    world.sandbox.advance(hours=1)
    world.sandbox.refuse("POST .*metrics:getBatch", 403, code="AuthorizationFailed")

    answer = report(account)

    assert {gap["charge_type"] for gap in answer["unknown"]} == {"input", "output"}
    assert costs(answer, charge_type="hosting")


def test_without_the_retail_prices_the_catalog_stands_and_says_so(
    world: World, report: Account, ftops: Run
) -> None:
    account = world.make_account()
    world.deploy(account, "d")
    world.sandbox.advance(hours=1)
    world.sandbox.refuse("GET .*/api/retail/prices", 503)

    (first, *_) = report(account)["charges"]

    assert first["basis"].startswith("catalog 2025-08-25")
    world.sandbox.refuse("GET .*/api/retail/prices", 503)
    name = account.rpartition("/")[2]
    assert "did not answer" in ftops("cost", "report", "--account", name).stderr
    assert report(account)["charges"][0]["basis"].startswith("retail ")


def test_the_page_holds_the_numbers_and_fetches_nothing(
    world: World, ftops: Run, tmp_path: Path
) -> None:
    account = world.make_account()
    world.deploy(account, "hosted")
    world.sandbox.advance(hours=4)
    page = tmp_path / "cost.html"
    name = account.rpartition("/")[2]

    result = ftops("cost", "report", "--account", name, "--html", str(page))

    assert result.exit_code == 0, result.output
    text = page.read_text(encoding="utf-8")
    assert "hosted" in text
    assert "sandbox, no real money" in text
    assert text.count("<svg") == 2
    assert "<script" not in text
    for attribute in ('src="', 'href="http', "url(http", "@import"):
        assert attribute not in text


@pytest.mark.parametrize(
    "options",
    [
        ("--since", "soon"),
        ("--since", "2999-01-01T00:00:00Z"),
        ("--since", "1h", "--until", "2020-01-01T00:00:00Z"),
        ("--html", "no/such/folder/page.html"),
        ("--account", "nobody"),
    ],
)
def test_a_report_that_cannot_be_is_refused_in_a_sentence(ftops: Run, options: list[str]) -> None:
    result = ftops("cost", "report", *options)

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-2].startswith("Error: ")
    assert result.stderr.splitlines()[-1].startswith("Hint: ")


def test_quota_shows_the_pools_of_tuned_models(world: World, ftops: Run) -> None:
    account = world.make_account(location="northcentralus")
    world.deploy(account, "d")

    result = ftops(
        "quota", "--region", "North Central US", "--model", "gpt-4.1-mini", "--output", "json"
    )

    pools = {pool["name"]: pool for pool in json.loads(result.stdout)["quota"]}
    tuned = pools["OpenAI.Standard.gpt4.1-mini-finetune"]
    assert tuned["used"] == "1"
    assert Decimal(tuned["free"]) == Decimal(tuned["limit"]) - 1


def test_quota_that_azure_does_not_tell_is_unknown(world: World, ftops: Run) -> None:
    world.sandbox.refuse("GET .*/locations/westus3/usages", 403, code="AuthorizationFailed")

    result = ftops("quota", "--region", "westus3", "--output", "json")

    assert json.loads(result.stdout)["quota"] == []
    assert json.loads(result.stdout)["unreadable"][0]["region"] == "westus3"
    assert "westus3: unknown" in result.stderr


def test_quota_of_a_region_that_does_not_exist_is_refused(ftops: Run) -> None:
    assert ftops("quota", "--region", "atlantis").exit_code == 4
