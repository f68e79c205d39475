"""The price of a job before it starts."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.dataset.check import Check, check_file
from ftops.estimate import EPOCHS_MAX, Estimate, Wish, default_epochs, estimate, limits_of
from ftops.price import PriceBook
from ftops_catalog.catalog import read_catalog

CATALOG = read_catalog()


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Forty examples of 1,000 tokens each, framing included."""
    path = tmp_path / "train.jsonl"
    rows = []
    for number in range(40):
        words = " word" * 986 + f" {number:03d}"
        rows.append({"messages": [said("user", words), said("assistant", "a")]})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return check_file(path, limits_of(CATALOG))


def said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def priced(
    check: Check, model: str, training_type: str, region: str = "", epochs: int | None = 2
) -> Estimate:
    wish = Wish(CATALOG.model(model), training_type, region, epochs)
    return estimate(check, wish, PriceBook(CATALOG))


@pytest.mark.parametrize(
    ("model", "training_type", "region", "usd"),
    [
        ("gpt-4.1-mini", "GlobalStandard", "northcentralus", "0.4"),
        ("gpt-4.1-mini", "Standard", "northcentralus", "0.44"),
        ("gpt-4.1-mini", "Standard", "swedencentral", "0.484"),
        ("gpt-4.1-nano", "Developer", "eastus2", "0.06"),
        ("gpt-4o", "Standard", "northcentralus", "2.2"),
    ],
)
def test_training_costs_tokens_times_epochs_times_rate(
    model: str, training_type: str, region: str, usd: str, check: Check
) -> None:
    made = priced(check, model, training_type, region)

    assert check.tokens == 40_000
    assert made.billed_tokens == 80_000
    assert made.training_usd == Decimal(usd)


def test_hosting_is_told_by_the_hour_and_the_month(check: Check) -> None:
    made = priced(check, "gpt-4.1-mini", "Standard", "swedencentral")

    assert made.hosting.amount_usd == Decimal("1.7")
    assert made.hosting_usd_per_month == Decimal(1224)


def test_a_developer_job_is_deployed_without_a_hosting_fee(check: Check) -> None:
    made = priced(check, "gpt-4.1-nano", "Developer", "eastus2")

    assert made.wish.sku == "DeveloperTier"
    assert made.hosting.amount_usd == 0


def test_an_unknown_price_is_unknown_and_said(check: Check) -> None:
    made = priced(check, "gpt-5", "Standard", "swedencentral")

    assert made.training_usd is None
    assert made.hosting_usd_per_month is None
    assert any("training price unknown" in note for note in made.notes)


def test_training_billed_by_the_hour_has_no_price_by_token(check: Check) -> None:
    made = priced(check, "o4-mini", "Standard", "swedencentral")

    assert made.training.amount_usd == Decimal(121)
    assert made.training_usd is None
    assert any("by the hour of training" in note for note in made.notes)


@pytest.mark.parametrize(
    ("model", "training_type", "region", "part"),
    [
        ("gpt-4.1-mini", "Standard", "brazilsouth", "not in brazilsouth"),
        ("gpt-5", "Developer", "swedencentral", "has no Developer training"),
    ],
)
def test_what_azure_would_refuse_is_said_before(
    model: str, training_type: str, region: str, part: str, check: Check
) -> None:
    assert any(part in each for each in priced(check, model, training_type, region).blockers)


def test_a_job_beyond_two_billion_tokens_is_refused(check: Check) -> None:
    made = priced(check, "gpt-4.1-mini", "Standard", "swedencentral", 50_001)

    assert any("2000040000 tokens" in each for each in made.blockers)


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [(0, 25), (1, 25), (4, 25), (10, 10), (33, 3), (34, 3), (8333, 3), (8334, 2), (30_000, 1)],
)
def test_epochs_follow_the_cookbook_where_nobody_says(examples: int, epochs: int) -> None:
    assert default_epochs(examples) == epochs


@given(examples=st.integers(0, 10**7))
def test_epochs_stay_within_their_bounds(examples: int) -> None:
    assert 1 <= default_epochs(examples) <= EPOCHS_MAX
