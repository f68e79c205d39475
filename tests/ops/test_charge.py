"""Charging: worked examples by hand, and properties that hold for every history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.charge import Charge, charges, job_gap, total_usd, unknowns
from ftops.estate import Account, Deployment
from ftops.history import Gap, History, Job, Lifetime, Span
from ftops.instant import HOUR
from ftops.price import PriceBook
from ftops.report import KEYS, fold
from ftops.token_use import TokenUse
from ftops_catalog.catalog import read_catalog

START = datetime(2026, 11, 14, tzinfo=UTC)
END = START + timedelta(hours=5)
SPAN = Span(START, END)
BOOK = PriceBook(read_catalog())
TUNED = "gpt-4.1-mini-2025-04-14.ft-" + "a" * 32
ACCOUNT = Account("/subscriptions/s/resourceGroups/g/accounts/a", "a", "g", "swedencentral")

Make = Callable[..., Deployment]


def deployment(name: str = "d", **changes: Any) -> Deployment:
    made = Deployment(
        f"{ACCOUNT.id}/deployments/{name}", name, ACCOUNT, TUNED, sku="Standard", capacity=1
    )
    return replace(made, **changes)


def hosted(since: float, until: float | None = None, **changes: Any) -> Lifetime:
    """A lifetime in hours from the start of the span."""
    end = None if until is None else START + until * HOUR
    return Lifetime(deployment(**changes), START + since * HOUR, end)


def account_for(*lifetimes: Lifetime, **rest: Any) -> tuple[Charge, ...]:
    tokens = rest.pop("tokens", ())
    return charges(History(SPAN, lifetimes, **rest), tokens, BOOK)


def test_hosting_accrues_by_the_part_of_each_hour() -> None:
    rows = account_for(hosted(0.25, 2.5))

    assert [str(row.quantity) for row in rows] == ["0.75", "1", "0.5"]
    assert [str(row.cost_usd) for row in rows] == ["1.275", "1.7", "0.85"]
    assert {row.unit for row in rows} == {"hour"}


def test_a_deployment_that_still_exists_accrues_to_the_end() -> None:
    assert total_usd(account_for(hosted(-100))) == Decimal("8.5")


def test_a_deployment_of_before_or_after_costs_nothing() -> None:
    assert account_for(hosted(-9, -1), hosted(7, name="later")) == ()


def test_a_base_model_has_no_hosting_fee_and_its_tokens_are_charged() -> None:
    use = TokenUse(ACCOUNT.id, "d", START, input=1_000_000, output=500_000)

    rows = account_for(hosted(-9, model="gpt-4.1-mini", version="2025-04-14"), tokens=[use])

    assert [(row.charge_type, str(row.cost_usd)) for row in rows] == [
        ("input", "0.484"),
        ("output", "0.968"),
    ]


def test_developer_tier_hosts_for_nothing_and_says_on_what_basis() -> None:
    rows = account_for(hosted(0, 2, sku="DeveloperTier"))

    assert [row.cost_usd for row in rows] == [0, 0]
    assert "catalog" in rows[0].basis


def test_provisioned_units_are_charged_by_the_hour_whatever_the_model() -> None:
    rows = account_for(hosted(0, 1, model="gpt-4.1", sku="ProvisionedManaged", capacity=50))

    assert [str(row.cost_usd) for row in rows] == ["100"]


@pytest.mark.parametrize(
    "changes",
    [
        {"sku": "DataZoneStandard"},
        {"sku": "Fancy"},
        {"sku": ""},
        {"model": "gpt-9-2030-01-01.ft-" + "a" * 32},
        {"model": "ftchkpt-" + "a" * 32},
        {"model": "", "sku": ""},
    ],
    ids=["no price", "no such SKU", "no SKU", "no such model", "checkpoint", "nothing known"],
)
def test_an_unknown_price_is_listed_and_never_zero(changes: dict[str, Any]) -> None:
    history = History(SPAN, (hosted(0, 1, **changes),))

    rows = charges(history, (), BOOK)

    assert [row.cost_usd for row in rows] == [None]
    assert total_usd(rows) == 0
    assert [gap.charge_type for gap in unknowns(rows, history)] == ["hosting"]
    assert unknowns(rows, history)[0].reason.startswith("unknown: ")


def test_cached_input_is_priced_apart_where_it_is_told() -> None:
    use = TokenUse(ACCOUNT.id, "d", START, input=3_000_000, cached_input=1_000_000)

    rows = account_for(hosted(0, 1), tokens=[use])

    assert [(row.charge_type, str(row.quantity)) for row in rows] == [
        ("hosting", "1"),
        ("input", "2"),
        ("cached_input", "1"),
    ]


def test_an_hour_with_calls_is_not_idle_and_one_without_is() -> None:
    use = TokenUse(ACCOUNT.id, "D", START + HOUR, input=5)

    rows = [row for row in account_for(hosted(0, 3), tokens=[use]) if row.charge_type == "hosting"]

    assert [row.idle for row in rows] == [True, False, True]


def test_where_tokens_were_not_told_nothing_is_called_idle() -> None:
    gap = Gap("a", "", "", "input", "unknown: no answer")

    assert {row.idle for row in account_for(hosted(0, 3), gaps=(gap,))} == {None}


def test_tokens_of_a_deployment_that_nobody_remembers_are_unknown() -> None:
    rows = account_for(tokens=[TokenUse(ACCOUNT.id, "ghost", START, input=5)])

    assert [(row.deployment, row.cost_usd) for row in rows] == [("ghost", None)]


def test_a_deployment_made_again_within_the_hour_has_one_row() -> None:
    rows = account_for(hosted(0, 0.25), hosted(0.5, 1))

    assert [str(row.quantity) for row in rows] == ["0.75"]


def job(**changes: Any) -> Job:
    made = Job("ftjob-1", ACCOUNT, "gpt-4.1-mini-2025-04-14", "globalStandard", "supervised")
    return replace(made, state="succeeded", ended_at=START + HOUR, tokens=2_000_000, **changes)


def test_a_job_is_charged_by_its_billed_tokens_in_the_hour_it_ended() -> None:
    (row,) = account_for(jobs=(job(),))

    assert (row.hour, row.deployment, str(row.cost_usd)) == (START + HOUR, "ftjob-1", "10")


def test_a_job_trained_by_the_hour_is_unknown_and_not_priced_by_token() -> None:
    (row,) = account_for(jobs=(replace(job(), model="o4-mini-2025-04-16"),))

    assert row.cost_usd is None
    assert "by the hour" in row.basis


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"state": "failed", "tokens": None}, True),
        ({"state": "running", "tokens": None, "ended_at": None}, False),
        ({"state": "cancelled", "tokens": None}, False),
        ({"tokens": None}, False),
        ({"tokens": None, "ended_at": START - HOUR}, True),
    ],
)
def test_a_job_that_does_not_tell_its_tokens_is_a_gap(changes: dict[str, Any], told: bool) -> None:  # noqa: FBT001 - a column of the table
    found = replace(job(), **changes)

    assert (job_gap(found, SPAN) is None) == told


hours = st.integers(min_value=-2 * 3600, max_value=7 * 3600).map(lambda second: second / 3600)
models = st.sampled_from([TUNED, "gpt-4.1-mini", "gpt-9.ft-" + "b" * 32, ""])
skus = st.sampled_from(["Standard", "GlobalStandard", "DeveloperTier", "DataZoneStandard", ""])


@st.composite
def lifetimes(draw: st.DrawFn) -> list[Lifetime]:
    names = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4))
    found = []
    for name in names:
        since = draw(hours)
        until = draw(st.one_of(st.none(), hours))
        until = None if until is None else max(until, since)
        found.append(hosted(since, until, name=name, model=draw(models), sku=draw(skus)))
    return found


uses = st.lists(
    st.builds(
        TokenUse,
        st.just(ACCOUNT.id),
        st.sampled_from("abcdefg"),
        st.integers(0, 4).map(lambda hour: START + hour * HOUR),
        st.integers(0, 10**9),
        st.integers(0, 10**9),
    ),
    max_size=6,
    unique_by=lambda use: (use.deployment, use.hour),
)


@given(lifetimes(), uses)
def test_rows_sum_to_the_total_and_nothing_is_negative(
    lives: list[Lifetime], tokens: list[TokenUse]
) -> None:
    rows = account_for(*lives, tokens=tokens)

    known = [row for row in rows if row.cost_usd is not None]
    assert sum((row.cost_usd or 0 for row in known), Decimal(0)) == total_usd(rows)
    for row in known:
        assert row.unit_price_usd is not None
        assert row.cost_usd == row.quantity * row.unit_price_usd
    assert all(row.quantity > 0 for row in rows)
    assert all((row.cost_usd or 0) >= 0 for row in rows)
    assert len({(r.hour, r.deployment, r.charge_type, r.unit_price_usd) for r in rows}) == len(rows)


@given(lifetimes(), uses, st.integers(0, 5 * 3600 * 1000))
def test_a_span_cut_in_two_costs_the_same(
    lives: list[Lifetime], tokens: list[TokenUse], millisecond: int
) -> None:
    cut = START + timedelta(milliseconds=millisecond)
    halves = (Span(START, cut), Span(cut, END))

    whole = account_for(*lives, tokens=tokens)
    parts = [
        charges(
            History(half, tuple(lives)),
            [t for t in tokens if half.since <= t.hour < half.until],
            BOOK,
        )
        for half in halves
    ]

    assert sum(total_usd(part) for part in parts) == total_usd(whole)


@given(lifetimes(), uses, st.randoms(use_true_random=False))
def test_the_order_of_what_comes_in_makes_no_difference(
    lives: list[Lifetime], tokens: list[TokenUse], chance: Any
) -> None:
    before = account_for(*lives, tokens=tokens)
    chance.shuffle(lives)
    chance.shuffle(tokens)

    assert account_for(*lives, tokens=tokens) == before


@pytest.mark.parametrize("by", KEYS)
def test_folding_by_anything_loses_no_digit(by: str) -> None:
    use = TokenUse(ACCOUNT.id, "d", START, input=1, output=7)
    rows = account_for(
        hosted(0.1, 3.3),
        hosted(0, 1, name="x", sku="DataZoneStandard"),
        tokens=[use],
        jobs=(job(),),
    )

    groups = fold(rows, by)

    assert sum(group.total_usd for group in groups) == total_usd(rows)
    assert sum(group.unknown for group in groups) == 1
    assert [group.key for group in groups] == sorted(group.key for group in groups)


def test_folding_nothing_is_nothing() -> None:
    assert fold((), "day") == ()
