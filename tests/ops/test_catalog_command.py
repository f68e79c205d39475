"""`ftops catalog` lists facts with their source, and says unknown where there is none."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ftops.cli import main
from ftops_catalog import read_catalog

KINDS = ("models", "regions", "skus", "limits", "prices")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["catalog", *words], env={"COLUMNS": "250"})


def rows(*words: str) -> list[dict[str, Any]]:
    result = run(*words, "--output", "json")
    assert result.exit_code == 0, result.stderr
    listed: list[dict[str, Any]] = json.loads(result.stdout)["rows"]
    return listed


def test_models_are_what_is_listed_by_default() -> None:
    assert rows() == rows("models")
    assert [row["model"] for row in rows()] == [model.arm_id for model in read_catalog().models]


@pytest.mark.parametrize("kind", KINDS)
def test_json_is_one_object_with_the_envelope(kind: str) -> None:
    answer = json.loads(run(kind, "--output", "json").stdout)

    assert answer["schema"] == "ftops/catalog/v1"
    assert answer["now"].endswith("Z")
    assert answer["kind"] == kind
    assert answer["rows"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_has_its_source_and_day_unless_it_is_unknown(kind: str) -> None:
    for row in rows(kind):
        unknown = kind == "prices" and row["amount_usd"] is None
        assert (row["source"] is None) is unknown
        assert (row["as_of"] is None) is unknown


@pytest.mark.parametrize("kind", KINDS)
def test_csv_has_the_same_rows_as_json(kind: str) -> None:
    text = run(kind, "--output", "csv").stdout
    table = list(csv.DictReader(io.StringIO(text)))

    assert len(table) == len(rows(kind))
    assert list(table[0]) == list(rows(kind)[0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_source_that_a_row_names_is_explained(kind: str) -> None:
    answer = json.loads(run(kind, "--output", "json").stdout)
    named = {key for row in answer["rows"] if row["source"] for key in row["source"].split(", ")}

    assert {source["source"] for source in answer["sources"]} == named
    assert all(source["title"] and source["version"] for source in answer["sources"])
    assert all(source["title"][:20] in run(kind).stdout for source in answer["sources"])


def test_an_unknown_price_is_null_for_programs_and_unknown_for_people() -> None:
    listed = rows("prices", "--model", "gpt-5")

    assert {row["amount_usd"] for row in listed} == {None}
    assert "unknown" in run("prices", "--model", "gpt-5").stdout
    assert " 0" not in run("prices", "--model", "gpt-5").stdout


def test_a_listing_that_fits_nothing_says_so() -> None:
    result = run("skus", "--model", "gpt-oss-120b")

    assert result.exit_code == 0
    assert result.stdout.strip() == "No skus fit."
    assert rows("skus", "--model", "gpt-oss-120b") == []


def test_a_sourced_zero_is_a_zero_and_not_unknown() -> None:
    hosting = {
        row["offer"]: row["amount_usd"]
        for row in rows("prices", "--model", "gpt-4.1-nano")
        if row["charge_type"] == "hosting"
    }

    assert hosting == {
        "Standard": "1.7",
        "GlobalStandard": "1.7",
        "DataZoneStandard": None,
        "DeveloperTier": "0.0",
    }


def test_prices_of_a_region_are_that_regions() -> None:
    listed = rows("prices", "--model", "gpt-4.1", "--region", "Sweden Central")
    training = {r["offer"]: r["amount_usd"] for r in listed if r["charge_type"] == "training"}

    assert training == {
        "standard": "30.25",
        "data_zone": None,
        "global": "25.0",
        "developer": "12.5",
    }


def test_a_region_lists_the_models_that_something_is_offered_for() -> None:
    models = {row["model"] for row in rows("models", "--region", "uaenorth")}

    assert "Qwen3.8-27B" in models
    assert "gpt-5-2025-08-07" not in models


def test_a_model_lists_the_regions_that_something_is_offered_in() -> None:
    regions = [row["region"] for row in rows("regions", "--model", "gpt-4")]

    assert regions == ["northcentralus", "swedencentral"]


def test_a_model_and_a_region_list_the_skus_that_may_serve_it_there() -> None:
    skus = [row["sku"] for row in rows("skus", "--model", "gpt-4o", "--region", "eastus2")]

    assert skus == ["Standard", "GlobalStandard", "DataZoneStandard"]


def test_a_tuned_id_lists_its_base() -> None:
    tuned = f"gpt-4.1-mini-2025-04-14.ft-{'0' * 32}-x"

    assert [row["model"] for row in rows("--model", tuned)] == ["gpt-4.1-mini-2025-04-14"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("models", "--model", "gpt-4.1-mni"), 4, "Did you mean gpt-4.1-mini?"),
        (("prices", "--region", "swedncentral"), 4, "Did you mean swedencentral?"),
        (("limits", "--region", "eastus"), 2, "Limits have no model and no region."),
        (("skus", "--region", "eastus"), 2, "Add --model"),
        (("modles",), 2, "'modles'"),
    ],
)
def test_what_cannot_be_listed_is_said_in_a_sentence(
    words: tuple[str, ...], code: int, sentence: str
) -> None:
    result = run(*words)

    assert result.exit_code == code
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_table_shows_every_model() -> None:
    shown = run().stdout

    assert all(model.name in shown for model in read_catalog().models)
